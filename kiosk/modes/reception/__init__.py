"""Reception: the day's examinees, who is here, what of their course has arrived."""
