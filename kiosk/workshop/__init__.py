"""The developers' room: test run, executable, locks; nothing in here reaches the executable."""
