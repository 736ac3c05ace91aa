"""The modules of the package as trees, for the tests that read the source."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path


@cache
def parsed(path: Path) -> ast.Module:
    """The module's tree. CPython 3.11 raises SystemError when a finaliser runs within ``ast.parse``: none does here."""
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        gc.enable()
