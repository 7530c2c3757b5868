"""Maintenance: who may work here, who did what, whether the store is sound, what is set."""
