"""Facts and rules: no disk, network, clock, thread or window in here."""
