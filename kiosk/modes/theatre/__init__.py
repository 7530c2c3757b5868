"""Operating theatre: rooms and people that are given once, a day drawn room by room, a week on paper."""
