"""The chat page: ``python app.py`` is ``genoassist serve``."""

import sys

from genoassist.cli import main

if __name__ == "__main__":
    main(["serve", *sys.argv[1:]])
