"""The gateway: images come in, the worklist goes out."""
