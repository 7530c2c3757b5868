"""Journeys, one file each: what happens from the door to the paper."""
