"""Contacts that release the shutter."""
