"""The chat page: ``python app.py`` serves it on the host and port of the settings."""

from __future__ import annotations

import sys

from genoassist import settings, web
from genoassist.errors import GenoAssistError


def main() -> int:
    """Serve the page; 0 when it was stopped, else the exit code of the problem, which is said on one line of stderr."""
    try:
        web.serve(settings.load())
    except GenoAssistError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
