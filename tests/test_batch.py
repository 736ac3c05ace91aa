"""JSON lines in, JSON lines out: order, ids, and that a bad line harms no other."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from genoassist.assistant import Assistant
from genoassist.batch import answers

pytestmark = pytest.mark.models

GOOD = {"question": "Who coordinates COBIOE?"}


@pytest.fixture
def run(assistant: Assistant):
    def call(*lines: object, reader: str = "en") -> list[dict]:
        raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        return list(answers((line + b"\n" for line in raw), assistant, reader))

    return call


def test_answers_come_in_order_with_their_ids(run):
    ids = ["a", 7, None, 1.5, True, ["x", 1], {"k": "é"}, "a", ""]
    done = run(*({"id": i, "question": f"Who coordinates COBIOE? {n}?"} for n, i in enumerate(ids)))
    assert [answer["id"] for answer in done] == ids
    assert [answer["question"] for answer in done] == [f"Who coordinates COBIOE? {n}?" for n in range(len(ids))]


def test_an_id_is_absent_where_none_was_given(run):
    (answer,) = run(GOOD)
    assert "id" not in answer
    assert {
        "question",
        "standalone_question",
        "language",
        "kind",
        "reason",
        "answer",
        "citations",
        "engine",
        "seconds",
    } <= set(answer)


def test_each_line_is_answered_before_the_next_is_read(assistant):
    read: list[int] = []

    def lines() -> Iterator[bytes]:
        for n in range(3):
            read.append(n)
            yield json.dumps({"id": n, **GOOD}).encode()

    stream = answers(lines(), assistant, "en")
    for n in range(3):
        assert next(stream)["id"] == n
        assert read == list(range(n + 1))


@pytest.mark.parametrize(
    ("line", "code", "identity"),
    [
        (b"{", "batch.json", None),
        (b"not json", "batch.json", None),
        (b'{"id": NaN, "question": "Who?"}', "batch.json", None),
        (b'{"id": 1e999, "question": "Who?"}', "batch.json", None),
        (b"[" * 100_000, "batch.json", None),
        (b"1" * 10_000, "batch.json", None),
        (b"\xff\xfe\x00", "batch.json", None),
        ([], "batch.question", None),
        ("Who?", "batch.question", None),
        (None, "batch.question", None),
        ({"id": "x"}, "batch.question", "x"),
        ({"id": "x", "question": None}, "batch.question", "x"),
        ({"id": "x", "question": ["Who?"]}, "batch.question", "x"),
        ({"id": "x", **GOOD, "lang": "de"}, "batch.lang", "x"),
        ({"id": "x", **GOOD, "lang": ["en"]}, "batch.lang", "x"),
        ({"id": "x", **GOOD, "lang": ""}, "batch.lang", "x"),
        ({"id": "x", **GOOD, "history": "What is COBIOE?"}, "batch.history", "x"),
        ({"id": "x", **GOOD, "history": {}}, "batch.history", "x"),
        ({"id": "x", **GOOD, "history": ["What is COBIOE?"]}, "batch.history", "x"),
        ({"id": "x", **GOOD, "history": [{"role": "system", "content": "a"}]}, "batch.history", "x"),
        ({"id": "x", **GOOD, "history": [{"role": "user", "content": None}]}, "batch.history", "x"),
        ({"id": "x", **GOOD, "history": [{"role": ["user"], "content": "a"}]}, "batch.history", "x"),
        ({"id": "x", **GOOD, "history": [{"content": "a"}]}, "batch.history", "x"),
    ],
)
def test_a_line_that_is_no_question_gets_an_error_and_the_others_their_answers(run, line, code, identity):
    first, wrong, last = run({"id": 1, **GOOD}, line, {"id": 3, **GOOD})
    assert (first["id"], last["id"], first["answer"]) == (1, 3, last["answer"])
    assert first["kind"] == "answer"
    assert (wrong["line"], wrong["id"], wrong["error"]["code"]) == (2, identity, code)
    assert wrong["error"]["message"].startswith("Line 2 ")
    assert "\n" not in wrong["error"]["message"]


def test_errors_are_in_the_language_of_the_reader(run):
    assert run(b"{", reader="fr")[0]["error"]["message"].startswith("La ligne 1 n’est pas du JSON")


def test_blank_lines_count_and_say_nothing(run):
    done = run(b"", b"  \t\r", b"{", b"")
    assert [d["line"] for d in done] == [3]
    assert run() == []


def test_a_byte_order_mark_and_carriage_returns_are_no_matter(run):
    (answer,) = run(b"\xef\xbb\xbf" + json.dumps({"id": 1, **GOOD}).encode() + b"\r")
    assert (answer["id"], answer["kind"]) == (1, "answer")


def test_lone_surrogates_and_control_characters_are_answered(run):
    (answer,) = run(b'{"id": "\\udc80", "question": "Who\\u0000 coordinates \\ud800COBIOE?"}')
    assert answer["kind"] == "answer"
    assert answer["standalone_question"] == "Who coordinates COBIOE?"
    assert answer["question"] == "Who\x00 coordinates \ud800COBIOE?"


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("Who coordinates COBIOE? " * 833 + "Who knows?", "too_long"),
        ("", "empty"),
        ("?!", "unclear"),
        ("Wer koordiniert das Projekt?", "unsupported_language"),
    ],
)
def test_what_cannot_be_asked_is_a_refusal_and_no_error(run, question, reason):
    (answer,) = run({"question": question})
    assert (answer["kind"], answer["reason"], answer["citations"]) == ("refusal", reason, [])
    assert answer["answer"]


@pytest.mark.parametrize(
    "history",
    [
        [{"role": "user", "content": "What is COBIOE?"}],
        [{"role": "user", "content": "What is COBIOE?"}, {"role": "assistant", "content": "A project [1]."}],
        [{"role": "user", "content": "What is GEN.ERA?"}, {"role": "user", "content": "And COBIOE?", "more": 1}],
        [{"role": "assistant", "content": "Hello"}, {"role": "user", "content": "What is COBIOE?"}],
    ],
)
def test_a_history_says_what_is_meant(run, history):
    (answer,) = run({"question": "Who coordinates it?", "history": history, "lang": None})
    assert answer["standalone_question"] == "Who coordinates it? (What is COBIOE)"


@pytest.mark.parametrize(
    "history", [None, [], [{"role": "user", "content": " "}], [{"role": "assistant", "content": "Hi"}]]
)
def test_a_history_that_says_nothing_changes_nothing(run, history):
    (answer,) = run({**GOOD, "history": history})
    assert answer["standalone_question"] == GOOD["question"]


@pytest.mark.parametrize(("lang", "language"), [("auto", "en"), ("en", "en"), ("fr", "fr"), (None, "en")])
def test_a_language_may_be_given(run, lang, language):
    assert run({**GOOD, "lang": lang})[0]["language"] == language


def test_a_very_long_history_is_read_back_only_so_far(run):
    turns = [{"role": "user", "content": "What is COBIOE?"}] * 1500 + [{"role": "user", "content": "And it?"}] * 1500
    (answer,) = run({"id": 1, "question": "Who coordinates it?", "history": turns})
    assert answer["kind"] in ("answer", "refusal")


def test_what_nobody_foresaw_costs_its_line_alone(assistant, monkeypatch, caplog):
    plain = Assistant.ask

    def broken(self, question, *rest, **named):
        if "break" in question:
            raise ZeroDivisionError("by zero")
        return plain(self, question, *rest, **named)

    monkeypatch.setattr(Assistant, "ask", broken)
    lines = [
        json.dumps({"id": n, "question": q}).encode() for n, q in enumerate(["Who breaks? break", GOOD["question"]])
    ]
    wrong, right = answers(lines, assistant, "fr")
    assert (wrong["id"], wrong["error"]["code"], right["kind"]) == (0, "batch.unexpected", "answer")
    assert "ZeroDivisionError: by zero" in wrong["error"]["message"]
    assert "ZeroDivisionError" in caplog.text
