"""Cameras: video devices, files, and a simulator."""
