"""What is suggested is answered: by the engine that was asked, on any corpus, and remembered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from genoassist import corpus as corpora
from genoassist import suggest
from genoassist.assistant import Assistant
from genoassist.desk import Desk, Line
from genoassist.settings import Settings
from genoassist.suggest import Suggestions, candidates

pytestmark = pytest.mark.models


@pytest.fixture
def helvia(settings: Settings, elsewhere: Path, tmp_path: Path) -> Assistant:
    """The second corpus, answered by quotation."""
    return Assistant.open(settings.model_copy(update={"corpus": elsewhere, "index": tmp_path / "index"}))


def test_candidates_ask_about_names_and_headings_one_a_section_first(elsewhere: Path) -> None:
    asked = [c.question for c in candidates(corpora.load(elsewhere), "en")]
    assert "What does the report say about Lumen?" in asked
    assert "What does the report say under “The photonics fair”?" in asked
    assert len(asked) == len(set(asked))
    sections = [c.section.id for c in candidates(corpora.load(elsewhere), "en")]
    assert len(set(sections[:4])) == 4


def test_every_question_on_offer_is_answered_from_its_section(helvia: Assistant) -> None:
    suggestions = Suggestions(helvia)
    assert suggestions.offer("en", 9) == ()  # nothing before it was asked
    suggestions.check(Line())
    for language in ("en", "fr"):
        offered = suggestions.offer(language, 9)
        assert offered
        for question in offered:
            assert suggestions.engine(question) == "extractive"
            answer = helvia.ask(question, engine="extractive")
            assert (answer.kind, answer.query.language) == ("answer", language)


def test_the_sections_at_hand_come_first_and_what_was_asked_is_left_out(assistant: Assistant) -> None:
    suggestions = Desk.of(assistant).suggestions
    suggestions.check(Line())
    near = {("europe-international-2022", "eugloh")}
    first, *_ = suggestions.offer("en", 3, near)
    cited = {c.section_id for c in assistant.ask(first, engine="extractive").citations}
    assert cited == {"eugloh"}
    assert first not in suggestions.offer("en", 9, near, {first})


def test_verdicts_are_kept_beside_the_index_and_thrown_away_with_what_they_depend_on(helvia: Assistant) -> None:
    suggestions = Suggestions(helvia)
    suggestions.check(Line())
    path = Path(helvia.settings.index) / "suggestions.json"
    again = Suggestions(helvia)
    assert again.offer("fr", 4) == suggestions.offer("fr", 4) != ()
    kept = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(kept | {"key": "another corpus"}), encoding="utf-8")
    assert Suggestions(helvia).offer("fr", 4) == ()
    path.write_text("no JSON", encoding="utf-8")
    assert Suggestions(helvia).offer("fr", 4) == ()


def test_the_language_model_makes_questions_that_it_then_answers(
    written: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggest, "SECTIONS", 1)
    monkeypatch.setattr(suggest, "SENTENCES", 1)
    monkeypatch.setattr(written, "settings", written.settings.model_copy(update={"index": tmp_path}))
    suggestions = Suggestions(written)
    suggestions.check(Line())
    for language in ("en", "fr"):
        for question in suggestions.offer(language, 9):
            answer = written.ask(question, engine=suggestions.engine(question))
            assert (answer.kind, answer.query.language) == ("answer", language)
    kept = json.loads((tmp_path / "suggestions.json").read_text(encoding="utf-8"))
    assert kept["written"]
    for language, _, _, question in kept["written"]:
        assert question.endswith("\u202f?" if language == "fr" else "?")
        assert question in kept["answered"]["llm"]
    assert Suggestions(written).offer("en", 9) == suggestions.offer("en", 9)
