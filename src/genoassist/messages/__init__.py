"""Every sentence the product says in its own voice: data in ``en.toml`` and ``fr.toml``, same keys and placeholders in both."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from genoassist.types import Language


@cache
def catalogue(language: Language) -> dict[str, str]:
    """All messages of a language, flat: ``{"corpus.missing": "…{path}…"}``."""
    tables = tomllib.loads(resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()}


def say(key: str, language: Language, /, **values: Any) -> str:
    """The message of that key (``table.name``) in that language, its placeholders filled. KeyError for an unknown key."""
    return catalogue(language)[key].format(**values)
