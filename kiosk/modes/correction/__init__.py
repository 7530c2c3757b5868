"""Correction: images that were taken under a wrong person are put right, with a second pair of eyes."""
