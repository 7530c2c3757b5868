"""Doors to hardware and files: a folder per kind, each with its contract, the real thing and a simulator."""
