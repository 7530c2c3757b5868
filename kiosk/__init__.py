"""The station program of a health-check centre: one program for every PC of the house."""

__version__ = "0.1.0"
