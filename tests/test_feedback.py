"""Feedback is kept on this machine, and comes back as questions that ``eval`` reads and judges."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_conversation import cited

from genoassist import actions, conversation
from genoassist.assistant import Assistant
from genoassist.cli import main
from genoassist.conversation import Exchange
from genoassist.desk import Desk
from genoassist.errors import SettingsError
from genoassist.evaluate import score
from genoassist.evaluate_set import load_questions, pattern, plain
from genoassist.feedback import Box, Feedback, to_question
from genoassist.types import Corpus


@pytest.fixture
def exchange(report: Corpus) -> Exchange:
    begun = conversation.begin("Qui coordonne EUGLOH ?", "fr", report)
    quote = "EUGLOH is cofinanced by the Erasmus+ program and coordinated by Paris-Saclay University."
    return replace(
        begun, state="answer", text="C’est l’Université « Paris-Saclay » [1].", citations=(cited(report, quote),)
    )


def test_what_is_kept_is_read_again_the_same(tmp_path: Path, exchange: Exchange) -> None:
    box = Box(tmp_path / "new" / "folder")
    assert list(box.all()) == []
    said = [Feedback.on(exchange, (), "wrong_source", "  see <b>COBIOE</b> "), Feedback.on(exchange, (), "other", "")]
    for one in said:
        box.keep(one)
    assert list(box.all()) == [(1, said[0]), (2, said[1])]
    assert said[0].line == "see <b>COBIOE</b>"
    assert said[0].corpus == exchange.fingerprint
    assert said[0].citations[0]["section_id"] == "eugloh"


def test_a_folder_that_cannot_be_written_is_said_with_what_to_do(tmp_path: Path, exchange: Exchange) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"cannot be kept .* GENOASSIST_DATA"):
        Box(tmp_path / "file" / "folder").keep(Feedback.on(exchange, (), "other", ""))
    (tmp_path / "feedback.sqlite3").write_text("this is no database, and long enough not to be an empty one")
    with pytest.raises(SettingsError, match=r"cannot be read"):
        list(Box(tmp_path).all())


def test_every_fault_becomes_a_question_of_a_set(tmp_path: Path, exchange: Exchange) -> None:
    refused = replace(exchange, state="refusal", text="Le rapport ne le dit pas.", citations=())
    follow_up = replace(exchange, understood="Qui coordonne EUGLOH ?", question="Et qui la coordonne ?")
    said = [
        Feedback.on(exchange, (), "wrong_answer", "Genopole"),
        Feedback.on(exchange, (), "wrong_source", ""),
        Feedback.on(refused, (), "should_have_answered", ""),
        Feedback.on(refused, (), "other", ""),
        Feedback.on(follow_up, (exchange,), "other", ""),
    ]
    file = tmp_path / "said.jsonl"
    file.write_text("".join(json.dumps(to_question(n, one)) + "\n" for n, one in enumerate(said)), encoding="utf-8")
    wrong, source, should, other, follows = load_questions(file)
    assert [q.answerable for q in (wrong, source, should, other)] == [True, True, True, False]
    assert pattern(wrong.forbidden[0]).search(plain("C'est l'université \"Paris-Saclay\"."))
    assert not pattern(wrong.forbidden[0]).search(plain("C'est Genopole."))
    assert (source.forbidden, should.forbidden) == ((), ())
    assert "wrong_answer | Genopole | C’est l’Université" in wrong.note
    assert "europe-international-2022.md#eugloh: EUGLOH is cofinanced" in wrong.note
    assert exchange.fingerprint[:12] in wrong.note
    assert follows.history[0].content == "Qui coordonne EUGLOH ?"


def test_the_command_says_where_it_looked_and_writes_a_file(
    tmp_path: Path, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENOASSIST_DATA", str(tmp_path))
    monkeypatch.setenv("GENOASSIST_INTERFACE_LANGUAGE", "en")
    result = CliRunner().invoke(main, ["feedback", "export"])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"genoassist: No remark has been made yet ({tmp_path / 'feedback.sqlite3'}).\n"
    Box(tmp_path).keep(Feedback.on(exchange, (), "other", "é"))
    result = CliRunner().invoke(main, ["feedback", "export", "-o", str(tmp_path / "out.jsonl")])
    assert result.exit_code == 0
    assert load_questions(tmp_path / "out.jsonl")[0].question == "Qui coordonne EUGLOH ?"


def test_an_answer_that_was_wrong_is_wrong_again_in_any_typography(tmp_path: Path, exchange: Exchange) -> None:
    wrong = replace(exchange, text="Le site compte 13\u202f000 emplois [1].")
    entry = to_question(1, Feedback.on(wrong, (), "wrong_answer", ""))
    (tmp_path / "set.jsonl").write_text(json.dumps(entry), encoding="utf-8")
    (question,) = load_questions(tmp_path / "set.jsonl")
    answer = {"kind": "answer", "answer": wrong.text, "citations": [], "language": "fr"}
    assert score(question, answer).outcome == "wrong"


@pytest.mark.models
class TestActions:
    @pytest.fixture
    def desk(self, assistant: Assistant, tmp_path: Path) -> Desk:
        return replace(Desk.of(assistant), box=Box(tmp_path))

    def test_a_fault_is_kept_and_thanked_for(self, desk: Desk, exchange: Exchange) -> None:
        clicked = {"do": "feedback", "n": 0, "fault": "wrong_source", "line": "x" * 900}
        done = actions.perform(clicked, (exchange,), desk, "fr")
        assert "Merci." in done.notice
        assert [len(one.line) for _, one in desk.box.all()] == [500]

    @pytest.mark.parametrize(
        "clicked",
        [None, "x", {}, {"do": "feedback", "n": 0, "fault": "hack"}, {"do": "feedback", "n": 7, "fault": "other"},
         {"do": "edit", "n": "0"}, {"do": "export", "form": "../x"}, {"do": "edit", "n": -1}],
    )  # fmt: skip
    def test_what_makes_no_sense_does_nothing(self, desk: Desk, exchange: Exchange, clicked: object) -> None:
        assert actions.perform(clicked, (exchange,), desk, "en") == actions.Done()
        assert list(desk.box.all()) == []

    def test_a_folder_that_cannot_be_written_is_said_on_the_page(self, desk: Desk, exchange: Exchange) -> None:
        desk.box.path.mkdir(parents=True)
        clicked = {"do": "feedback", "n": 0, "fault": "other"}
        assert 'class="problem"' in actions.perform(clicked, (exchange,), desk, "en").notice

    def test_questions_come_back_for_editing(self, desk: Desk, exchange: Exchange) -> None:
        understood = replace(exchange, understood="Qui coordonne l’alliance EUGLOH ?")
        last = actions.perform({"do": "revise", "n": 1}, (exchange, understood), desk, "en")
        assert (last.question, last.editing) == (understood.understood, True)
        first = actions.perform({"do": "edit", "n": 0}, (exchange, understood), desk, "en")
        assert (first.question, first.editing) == (exchange.question, False)
        assert actions.perform({"do": "cancel"}, (), desk, "en") == actions.Done("", False, "")

    def test_what_is_asked_by_a_click(self, exchange: Exchange) -> None:
        assert actions.asked({"do": "retry"}, (exchange,)) == actions.Asked(exchange.question, ())
        assert actions.asked({"do": "ask", "text": "Who?"}, (exchange,)) == actions.Asked("Who?", (exchange,), True)
        assert (
            actions.asked({"do": "retry"}, ()) == actions.asked(None, ()) == actions.Asked()
            or actions.asked(None, (exchange,)).text == ""
        )


def test_nothing_but_the_file_is_touched(tmp_path: Path, exchange: Exchange) -> None:
    Box(tmp_path).keep(Feedback.on(exchange, (), "other", ""))
    assert [path.name for path in tmp_path.iterdir()] == ["feedback.sqlite3"]
    with sqlite3.connect(tmp_path / "feedback.sqlite3") as connection:
        assert connection.execute("SELECT version FROM feedback").fetchone()
    connection.close()
