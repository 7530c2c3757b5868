"""Default master data as data files, read by ``store.masters``."""
