"""Findings: what the doctor says about an examination, from the list of images to the signed page."""
