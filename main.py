# -*- coding: utf-8 -*-
"""Starts the program: hands the command line to the bootstrap, which goes on to the station."""

import sys

from kiosk.bootstrap import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
