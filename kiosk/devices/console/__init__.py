"""Consoles on a serial line: the hand-over of a record by handshake, and a console to practise with."""
