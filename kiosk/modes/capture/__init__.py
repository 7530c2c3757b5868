"""Capture: pictures of an endoscope or ultrasound machine, taken when the shutter fires."""
