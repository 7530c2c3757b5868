"""Reservations: slots that make themselves, seats that are given once."""
