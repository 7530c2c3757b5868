"""Attribute sender: the examinee's attributes to an X-ray console, by barcode."""
