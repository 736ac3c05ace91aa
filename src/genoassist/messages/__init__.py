"""Every sentence the product says in its own voice: data in ``en.toml`` and ``fr.toml``, same keys and placeholders in both."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from genoassist.types import Language


@cache
def catalogue(language: Language) -> dict[str, str]:
    """All messages of a language, flat: ``{"corpus.missing": "…{path}…"}``."""
    tables = tomllib.loads(resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{table}.{key}": text for table, texts in tables.items() for key, text in texts.items()}


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a message that is a message itself: why a file cannot be read, what a setting takes."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def say(key: str, language: Language, /, **values: Any) -> str:
    """The message of that key (``table.name``) in that language, its placeholders filled. KeyError for an unknown key."""
    told = {name: say(v.key, language, **v.values) if isinstance(v, Said) else v for name, v in values.items()}
    return catalogue(language)[key].format(**told)
