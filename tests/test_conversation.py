"""A conversation that a browser kept: the same when it comes back, and never believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from genoassist import conversation
from genoassist.conversation import Exchange, Place
from genoassist.types import Citation, Corpus, Turn


def cited(report: Corpus, quote: str) -> Citation:
    document = report.documents[0]
    start = document.text.index(quote)
    section = next(s for s in document.sections if s.start <= start < s.end)
    names = (section.id, section.heading, section.heading_fr)
    return Citation(1, document.id, document.path, *names, quote, start, start + len(quote))


@pytest.fixture
def exchange(report: Corpus) -> Exchange:
    begun = conversation.begin("Who coordinates it?", "en", report)
    citation = cited(report, "EUGLOH is cofinanced by the Erasmus+ program and coordinated by Paris-Saclay University.")
    return replace(begun, state="answer", text="Paris-Saclay [1].", understood="Who?", citations=(citation,))


def test_what_the_browser_keeps_comes_back_the_same(report: Corpus, exchange: Exchange) -> None:
    refused = replace(exchange, state="refusal", citations=(), nearest=(Place("d", "s"),), missing=("Peru",))
    told = conversation.from_data(conversation.to_data((exchange, refused)), report)
    assert told == conversation.Told((exchange, refused))


@pytest.mark.parametrize(
    "kept", [None, "", 3, {"a": 1}, [1], [{"question": "x"}], [{"question": "x", "script": "y"}], [[["x"]]]]
)
def test_what_is_no_conversation_is_none(report: Corpus, kept: object) -> None:
    assert conversation.from_data(kept, report) == conversation.Told(())


def test_what_a_later_version_wrote_and_what_is_broken_cost_nothing_else(report: Corpus, exchange: Exchange) -> None:
    kept = conversation.to_data((exchange, exchange))
    told = conversation.from_data([{**kept[0], "mood": "curious"}, {"question": 3}, kept[1]], report)
    assert told == conversation.Told((exchange, exchange))


@pytest.mark.parametrize(
    "forged",
    [{"quote": "Paris leads it."}, {"document": "nothing"}, {"start": 0, "end": 3}, {"section_id": "elsewhere"}],
)
def test_a_citation_that_is_not_what_the_report_says_is_left_out_and_told(
    report: Corpus, exchange: Exchange, forged: dict[str, object]
) -> None:
    wrong = replace(exchange, citations=(replace(exchange.citations[0], **forged),))
    told = conversation.from_data(conversation.to_data((wrong,)), report)
    assert told.stale
    assert told.talk[0].citations == ()


def test_a_question_that_never_ended_was_stopped(report: Corpus) -> None:
    begun = conversation.begin("Who?", "fr", report)
    assert conversation.from_data(conversation.to_data((begun,)), report).talk[0].state == "stopped"


def test_a_question_is_pending_until_it_has_an_end(report: Corpus, exchange: Exchange) -> None:
    begun = conversation.begin("Who?", "fr", report)
    assert conversation.pending(conversation.to_data((exchange, begun)))
    assert not conversation.pending(conversation.to_data((begun, exchange)))
    assert not any(conversation.pending(kept) for kept in (None, [], {}, ["x"]))


def test_the_engine_is_told_only_what_came_to_an_end(report: Corpus, exchange: Exchange) -> None:
    talk = (exchange, replace(exchange, state="problem"), replace(exchange, state="stopped"))
    assert conversation.turns(talk) == (Turn("user", "Who coordinates it?"), Turn("assistant", "Paris-Saclay [1]."))


def test_a_very_long_conversation_keeps_its_end(exchange: Exchange) -> None:
    talk = tuple(replace(exchange, question=str(n)) for n in range(conversation.KEPT + 3))
    kept = conversation.to_data(talk)
    assert (len(kept), kept[0]["question"], kept[-1]["question"]) == (
        conversation.KEPT,
        "3",
        str(conversation.KEPT + 2),
    )
