"""The steps of a question as the page shows them: evidence, answer, refusal, problem; the queue; the model on its way."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from genoassist import settings
from genoassist.assistant import Assistant
from genoassist.conversation import Talk
from genoassist.decoder import CONTEXTS
from genoassist.desk import AT_ONCE, Desk, Line, View, converse
from genoassist.errors import GenoAssistError, ModelError, SettingsError
from genoassist.types import Answer, Progress

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def desk(assistant: Assistant) -> Desk:
    """The real assistant on the real report, answering by quotation."""
    return Desk.of(assistant)


class Failing:
    """An assistant that fails at its first step, or while its model loads."""

    engine = "extractive"

    def __init__(self, assistant: Assistant, error: Exception, engine: str = "extractive") -> None:
        self.corpus, self.error = assistant.corpus, error
        self.settings = assistant.settings.model_copy(update={"engine": engine})

    def warm(self, progress: Any = None) -> None:
        if progress:
            progress("weights", 3, 4)
        raise self.error

    def ask(self, question: str, **more: Any) -> Answer:
        raise GenoAssistError("web.unexpected")

    def stream(self, question: str, history: Any = (), **more: Any) -> Iterator[Progress | Answer]:
        raise self.error
        yield


def failing(desk: Desk, error: Exception, engine: str = "extractive") -> Desk:
    return Desk.of(Failing(desk.assistant, error, engine))  # type: ignore[arg-type]


def steps(desk: Desk, question: str, talk: Talk = (), language: str = "en", **more: Any) -> list[View]:
    return list(converse(question, talk, language, desk, **more))  # type: ignore[arg-type]


def test_the_evidence_comes_before_the_answer_which_is_announced_once(desk: Desk) -> None:
    seen = steps(desk, "Who coordinates EUGLOH?")
    assert (seen[0].talk[-1].state, seen[0].evidence) == ("asked", None)
    assert "Paris-Saclay" in seen[1].evidence.hits[0].passage.sentence.text
    assert seen[1].talk[-1].text == ""
    last = seen[-1].talk[-1]
    assert (last.state, last.language, last.engine) == ("answer", "en", "extractive")
    assert "Paris-Saclay University" in last.citations[0].quote
    assert last.fingerprint == desk.assistant.corpus.fingerprint
    assert [view.aloud for view in seen] == [""] * (len(seen) - 1) + [last.text]
    assert [view.finished for view in seen] == [False] * (len(seen) - 1) + [True]
    assert desk.line.empty


def test_a_follow_up_tells_the_question_as_it_was_understood(desk: Desk) -> None:
    first = steps(desk, "What is COBIOE?")[-1].talk
    assert first[0].understood == ""
    second = steps(desk, "Who are its partners?", first)[-1].talk[-1]
    assert "COBIOE" in second.understood
    alone = steps(desk, "What is COBIOE?", first, suggested=True)[-1].talk[-1]
    assert (alone.understood, alone.text) == ("", first[0].text)


def test_a_refusal_names_the_nearest_sections_and_what_the_report_has_nothing_of(desk: Desk) -> None:
    last = steps(desk, "Does ScanBalt work with Zorglub?")[-1].talk[-1]
    assert last.state == "refusal"
    assert last.citations == ()
    assert len(last.nearest) == 3
    assert last.missing == ("Zorglub",)


def test_a_corrected_premise_is_marked(desk: Desk) -> None:
    last = steps(desk, "Why was COBIOE signed in March?")[-1].talk[-1]
    assert last.corrected is ("says otherwise" in last.text)


def test_a_stated_problem_is_one_line_in_the_language_of_the_page(desk: Desk) -> None:
    broken = failing(desk, SettingsError("web.port_forbidden", port=80))
    last = steps(broken, "x", language="fr")[-1]
    assert last.talk[-1].state == "problem"
    assert last.talk[-1].text == last.aloud
    assert last.aloud.startswith("Le port 80 demande")
    assert broken.line.empty


def test_an_unexpected_problem_is_logged_and_said_without_its_details(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    last = steps(failing(desk, RuntimeError("secret detail")), "x")[-1].talk[-1]
    assert last.text.startswith("This question could not be answered")
    assert "secret" not in last.text
    assert "secret detail" in caplog.text


def test_a_model_that_cannot_be_loaded_leaves_quoting(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    waiting = failing(desk, ModelError("web.model_failed"), engine="auto")
    assert waiting.waits
    with caplog.at_level(logging.WARNING):
        waiting.warm()
    assert (waiting.waits, waiting.ready, waiting.settled, waiting.progress) == (False, True, True, None)
    assert waiting.problem.key == "web.model_failed"
    assert "could not be loaded" in caplog.text


def test_those_who_wait_are_told_their_place_and_are_served_in_order() -> None:
    assert AT_ONCE <= CONTEXTS  # a draft holds one
    line = Line(width=1)
    first, second, third = line.join(), line.join(), line.join()
    assert [line.ahead(ticket) for ticket in (first, second, third)] == [0, 1, 2]
    line.leave(second)  # who gives up makes room
    assert [line.ahead(ticket) for ticket in (first, third)] == [0, 1]
    line.leave(first)
    assert line.ahead(third) == 0
    assert not line.empty
    line.leave(third)
    assert line.empty


def test_a_question_waits_its_turn_and_leaves_the_line_when_it_is_stopped(desk: Desk) -> None:
    busy = replace(desk, line=Line(width=1))
    other = busy.line.join()
    asked = converse("Who coordinates EUGLOH?", (), "en", busy)
    assert next(asked).ahead == 0
    assert next(asked).ahead == 1
    busy.line.leave(other)
    assert next(asked).evidence is not None
    asked.close()
    assert busy.line.empty


def test_settings_name_where_remarks_are_kept(desk: Desk) -> None:
    assert desk.box.path.parent == settings.load(data=desk.assistant.settings.data).data
