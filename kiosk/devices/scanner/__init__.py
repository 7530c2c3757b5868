"""Barcode readers on a serial line; those that type like a keyboard are heard by the window itself."""
