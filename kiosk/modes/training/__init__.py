"""Training: devices and a PACS that are simulated, to practise and to try a new gateway."""
