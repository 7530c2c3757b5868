"""Monitors of this PC."""
