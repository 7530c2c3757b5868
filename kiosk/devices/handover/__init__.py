"""Handing a record to a console as a file in a shared folder."""
