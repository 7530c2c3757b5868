"""The folder where the check-up system leaves its reservation list: xxx.csv, and xxx.lok when it is complete."""
