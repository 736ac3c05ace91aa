"""Asks the questions of ``tests/data/approved_fr.yaml`` again and writes their answers into it, to be read before a commit.

python tests/approve.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import yaml

from genoassist import settings
from genoassist.assistant import Assistant

APPROVED = Path(__file__).parent / "data" / "approved_fr.yaml"


def approved() -> list[dict[str, str]]:
    """The questions with their approved answers."""
    return yaml.safe_load(APPROVED.read_text(encoding="utf-8"))


def main() -> None:
    """Ask, and write the file with its comment."""
    text = APPROVED.read_text(encoding="utf-8")
    comment = "".join(line for line in text.splitlines(keepends=True) if line.startswith("#"))
    with tempfile.TemporaryDirectory() as index:
        assistant = Assistant.open(settings.load(index=Path(index)))
        assistant.load()
        rows = [{**one, "answer": assistant.ask(one["question"]).text} for one in approved()]
    APPROVED.write_text(
        comment + yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
