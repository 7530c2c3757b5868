"""Doors that speak DICOM; data sets become core facts here and nowhere else."""
