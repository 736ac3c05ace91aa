"""French answers read and approved as text: a change of one is seen, and read, before it is committed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from genoassist.assistant import Assistant

APPROVED = yaml.safe_load((Path(__file__).parent / "data" / "approved_fr.yaml").read_text(encoding="utf-8"))


def test_there_are_forty():
    assert len({one["question"] for one in APPROVED}) == len(APPROVED) >= 40


@pytest.mark.models
@pytest.mark.parametrize("one", APPROVED, ids=lambda one: one["question"])
def test_an_approved_answer_is_given_again(written: Assistant, one: dict[str, str]):
    """Where the new text is as good or better, ``python tests/approve.py`` writes it for approval."""
    assert written.ask(one["question"]).text == one["answer"]
