"""The job that each received study owes where rules decide whither it is sent."""

ROUTE, ROUTED = "route", "rules"  # its kind and its destination
SOON_S = 2.0  # so soon after an image; whether the study is complete each destination judges by its own times
