from __future__ import annotations

import json
from collections import Counter
from dataclasses import FrozenInstanceError
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genoassist.errors import QuestionError
from genoassist.evaluate import Question, Rate, load_questions, percentile, run, score, wilson
from genoassist.evaluate_report import to_html, to_json, to_text
from genoassist.evaluate_set import Sections, plain

DATA = Path(__file__).parent / "data"
SETS = {name: load_questions(DATA / f"{name}.yaml") for name in ("questions", "development")}


def question(**changes):
    given = {
        "id": "q",
        "question": "When was COBIOE signed?",
        "language": "en",
        "kind": "single",
        "answerable": True,
        "facts": ((r"27(th)?( of)? dec\w*", r"dec\w* (the )?27(th)?"),),
    }
    return Question(**(given | changes))


def answer(text, language="en", citations=(), **changes):
    return {"kind": "answer", "language": language, "answer": text, "citations": list(citations)} | changes


def refusal(text="The report does not say.", language="en"):
    return {"kind": "refusal", "reason": "not_in_corpus", "language": language, "answer": text, "citations": []}


UNANSWERABLE = question(kind="unanswerable", answerable=False, facts=(), question="What is its budget?")


# ---------------------------------------------------------------- facts and refusals


@pytest.mark.parametrize(
    "text",
    [
        "COBIOE was signed on 27 December [1].",
        "It was signed on December 27, 2022 [1].",
        "It was signed on the 27th of December [1].",
        "**27 Décembre** [1].",
    ],
)
def test_a_fact_is_right_in_any_of_its_wordings(text):
    assert score(question(), answer(text)).outcome == "right"


@pytest.mark.parametrize("text", ["COBIOE was signed on 17 December [1].", "It was signed in December [27].", ""])
def test_a_missing_fact_is_wrong_and_named(text):
    judged = score(question(), answer(text))
    assert judged.outcome == "wrong"
    assert judged.missing == ((r"27(th)?( of)? dec\w*", r"dec\w* (the )?27(th)?"),)
    assert not judged.right


def test_all_facts_must_be_there():
    three = question(kind="list", facts=(("United States", "Etats-Unis"), ("Japan", "Japon"), ("Singap(ore|our)",)))
    assert score(three, answer("Les États‑Unis, le Japon et Singapour [1].", "fr")).outcome == "right"
    assert score(three, answer("The United States and Japan [1].")).missing == (("Singap(ore|our)",),)


def test_a_forbidden_expression_makes_it_wrong():
    attendance = question(facts=("13000",), forbidden=("3000 participants",))
    assert score(attendance, answer("Plus de 13 000 participants [1].", "fr")).outcome == "right"
    judged = score(attendance, answer("13,000, or rather 3,000 participants [1]."))
    assert (judged.outcome, judged.forbidden) == ("wrong", ("3000 participants",))


def test_a_forbidden_beginning_is_only_looked_for_at_the_beginning():
    asked = question(kind="yes_no", facts=("Leipzig",), forbidden=("^yes",))
    assert score(asked, answer("Yes, in Leipzig [1].")).outcome == "wrong"
    assert score(asked, answer("In Leipzig, yes [1].")).outcome == "right"


def test_numbers_are_whole_words():
    assert score(question(facts=("8",)), answer("18 companies [1], 2.80 euros [8].")).outcome == "wrong"
    assert score(question(facts=("8",)), answer("8 companies [1].")).outcome == "right"


def test_an_answer_given_only_in_a_citation_does_not_count():
    cited = {"n": 1, "quote": "signed 27 December", "section_id": "cobioe", "section": "COBIOE"}
    assert score(question(), answer("It was signed [1].", citations=[cited])).outcome == "wrong"


def test_refusals_are_told_apart():
    assert score(question(), refusal("27 December? The report does not say.")).outcome == "refused"
    assert score(question(kind="false_premise"), refusal()).right is False
    assert score(UNANSWERABLE, refusal()).outcome == "declined"
    assert score(UNANSWERABLE, refusal()).right is True
    assert score(UNANSWERABLE, answer("Two million euros [1].")).outcome == "invented"


def test_bounds_in_an_expression_stay_bounds():
    near = question(facts=(r"signed.{0,120}december",))
    assert score(near, answer("COBIOE was signed on 27 December [1].")).outcome == "right"


def test_plain_text():
    assert plain("L’œuvre  coûte 13 000 €, ou 1.500 ; pas 2022 100") == "L'oeuvre coute 13000 €, ou 1500 ; pas 2022 100"


@given(st.text())
def test_plain_text_is_settled(text):
    assert "  " not in plain(text)
    assert plain(text) == plain(text).strip()


# ---------------------------------------------------------------- language


@pytest.mark.parametrize(
    ("text", "declared", "right"),
    [
        ("Bio-Europe s'est tenue à Leipzig, en Allemagne [1].", "fr", True),
        ("Bio-Europe s'est tenue à Leipzig, en Allemagne [1].", "en", False),
        ("Bio-Europe was held in Leipzig, and that was in October [1].", "fr", False),
        ("Le rapport dit ceci : « Genopole was also present at Bio-Europe, held in Leipzig » [1].", "fr", True),
        ("Synsight, Deeptope, Phagos, CGenetix, STH Biotech [1].", "fr", True),
        ("À Leipzig [1].", "fr", True),
    ],
)
def test_the_language_is_declared_and_recognised_outside_quotes(text, declared, right):
    asked = question(language="fr", facts=("Leipzig",))
    assert score(asked, answer(text, declared)).language_right is right


def test_the_language_asked_for_in_the_question_wins():
    asked = question(facts=("Leipzig",), answer_language="fr")
    assert score(asked, answer("Bio-Europe a eu lieu à Leipzig [1].", "fr")).language_right
    assert not score(asked, answer("Bio-Europe was held in the city of Leipzig [1].", "en")).language_right


# ---------------------------------------------------------------- citations


def cited(section_id, section, section_fr=None, **changes):
    return {"n": 1, "section_id": section_id, "section": section, "section_fr": section_fr} | changes


COBIOE = cited("cobioe-building-a-common", "COBIOE: building a common European strategy")
GENERA = cited("s-5", "GEN.ERA: clusters cooperating", "GEN.ERA : coopérer entre clusters")


def test_any_section_is_enough():
    judged = score(
        question(sections=Sections(any=("cobioe", "eugloh"))), answer("27 December [1][2].", citations=[COBIOE, GENERA])
    )
    assert (judged.precision, judged.recall) == (0.5, 1.0)


def test_all_sections_are_needed():
    asked = question(sections=Sections(all=("COBIOE", "coopérer entre")))
    assert score(asked, answer("27 December [1].", citations=[COBIOE])).recall == 0.5
    both = score(asked, answer("27 December [1][2].", citations=[COBIOE, GENERA]))
    assert (both.precision, both.recall) == (1.0, 1.0)


def test_an_answer_without_citations_scores_nothing_and_a_refusal_is_not_judged():
    asked = question(sections=Sections(any=("cobioe",)))
    assert (score(asked, answer("27 December.")).precision, score(asked, answer("27 December.")).recall) == (0.0, 0.0)
    assert score(asked, refusal()).precision is None
    assert score(question(), answer("27 December [1].", citations=[COBIOE])).recall is None


def test_citations_are_compared_with_the_file(tmp_path):
    (tmp_path / "a.md").write_bytes("Été : signé\r\nle 27 December.".encode())
    (tmp_path.parent / "outside.md").write_bytes(b"27 December")
    good = {"n": 1, "path": "a.md", "quote": "27 December", "start": 15, "end": 26}  # as Path.read_text has it

    def verbatim(*citations):
        return score(question(), answer("27 December [1].", citations=citations), tmp_path).verbatim

    assert verbatim(good) is True
    assert verbatim(good, good | {"start": 16, "end": 27}) is False
    assert verbatim(good | {"quote": "27 december"}) is False
    assert verbatim(good | {"path": "b.md"}) is False
    assert verbatim(good | {"path": "../outside.md", "start": 0, "end": 11}) is False
    assert verbatim(good | {"quote": "", "start": 3, "end": 3}) is False
    assert verbatim({"n": 1}) is False
    assert verbatim() is False
    assert score(question(), answer("27 December [1].", citations=[good])).verbatim is None


# ---------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662), (0, 0, 0.0, 1.0)],
)
def test_wilson_intervals(hits, of, low, high):
    # 81 of 263: R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3
    assert wilson(hits, of) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_wilson_interval_holds_its_share(counted):
    hits, of = counted
    low, high = wilson(hits, of)
    assert 0 <= low <= high <= 1
    assert of == 0 or low - 1e-12 <= hits / of <= high + 1e-12


def test_percentiles_are_values_that_were_seen():
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 2.0
    assert percentile([float(n) for n in range(1, 21)], 0.95) == 19.0
    assert percentile([7.0], 0.95) == 7.0


def scorecard(progress=None):
    asked = (
        question(id="a", sections=Sections(any=("cobioe",)), max_words=5),
        question(id="b", question="Is it <b>signed</b> & sealed?", example="On 27 December & no other day."),
        question(id="c", language="fr", kind="typo", question="C'est signé quand ?"),
        question(id="d", language="fr", kind="unanswerable", answerable=False, facts=(), question="Quel budget ?"),
        question(id="e", kind="off_topic", answerable=False, facts=(), question="Tell me a joke."),
    )
    answers = {
        "a": answer("It was signed on 27 December [1].", citations=[COBIOE], seconds={"evidence": 0.1, "total": 2.0}),
        "b": answer("It was signed in <script>alert(1)</script> March [1].", seconds={"evidence": 0.3, "total": 4.0}),
        "c": refusal("Le rapport ne le dit pas.", "fr"),
        "d": refusal("Le rapport ne le dit pas.", "fr"),
        "e": answer("Knock, knock: that is who is there."),
    }
    return run(asked, lambda one: answers[one.id], progress)


def test_the_figures_of_a_run():
    seen = []
    card = scorecard(lambda done, total: seen.append((done, total)))
    assert seen == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    whole = card.overall
    assert (whole.questions, whole.right, whole.declined, whole.refused) == (5, Rate(1, 3), Rate(1, 2), Rate(1, 3))
    assert (whole.language, whole.verbatim, whole.short_enough) == (Rate(5, 5), Rate(0, 0), Rate(0, 1))
    assert (whole.precision, whole.recall, whole.single_words) == (1.0, 1.0, 7.5)
    assert whole.seconds == {"evidence": (0.1, 0.3), "total": (2.0, 4.0)}
    assert list(card.by_kind) == ["single", "typo", "unanswerable", "off_topic"]
    assert card.by_kind["single"].right == Rate(1, 2)
    assert card.by_language["fr"].refused == Rate(1, 1)
    assert [one.question.id for one in card.wrong] == ["b", "c", "e"]


def test_an_empty_run_has_no_figures():
    empty = run((), lambda one: {})
    assert (empty.overall.right.share, empty.overall.single_words, empty.by_kind) == (None, None, {})
    assert "–" in to_text(empty, "en")


def test_json_scorecard():
    told = json.loads(json.dumps(to_json(scorecard())))
    assert told["overall"]["right"] == {"hits": 1, "of": 3, "share": 1 / 3, "interval": [*wilson(1, 3)]}
    assert told["overall"]["seconds"]["total"] == {"p50": 2.0, "p95": 4.0}
    assert told["by_kind"]["off_topic"]["right"]["share"] is None
    assert [one["outcome"] for one in told["scores"]] == ["right", "wrong", "refused", "declined", "invented"]


def test_terminal_scorecard():
    lines = to_text(scorecard(), "en").splitlines()
    assert lines[0].split("  ")[0] == "Questions"
    assert lines[2].startswith("All ")
    assert "1/3 33% (6–79)" in lines[2]
    assert max(len(line) for line in lines[:9]) <= 80
    assert "Answers and refusals in the right language: 5/5 100% (57–100)" in lines
    assert "  e  answered where a refusal was due  Tell me a joke." in lines
    french = to_text(scorecard(), "fr")
    assert "1/3 33\xa0% (6–79)" in french
    assert "  c  refus à tort  C'est signé quand ?" in french.splitlines()


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str | None]] = []
        self.said = ""

    def handle_starttag(self, tag, attrs):
        self.tags[tag] += 1
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data):
        self.said += data


@pytest.mark.parametrize("language", ["en", "fr"])
def test_html_scorecard_stands_alone_and_escapes(language):
    page = Page()
    page.feed(to_html(scorecard(), language))
    assert ("html", "lang", language) in page.attributes
    assert not page.tags.keys() & {"script", "link", "img", "iframe", "b"}
    assert not [one for one in page.attributes if one[1] in ("src", "href") or one[1].startswith("on")]
    assert page.tags["article"] == 3
    assert page.tags["tr"] == 1 + 1 + 2 + 4
    for value in ("Is it <b>signed</b> & sealed?", "<script>alert(1)</script>", "On 27 December & no other day."):
        assert value in page.said


# ---------------------------------------------------------------- sets


ENTRY = "- {id: a, question: Where, language: en, kind: single, answerable: true, facts: [Leipzig]}\n"


def refused(tmp_path, text, name="set.yaml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(QuestionError) as caught:
        load_questions(path)
    assert str(path) in caught.value.text("en")
    assert str(path) in caught.value.text("fr")
    assert "\n" not in caught.value.text("fr")
    return caught.value


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        (("id: a, ", ""), "evaluate.missing", ("#1", "id")),
        (("question: Where, ", ""), "evaluate.missing", ("a", "question")),
        (("question: Where", "question: ' '"), "evaluate.invalid", ("a", "question")),
        ((", facts: [Leipzig]", ""), "evaluate.missing", ("a", "facts")),
        (("[Leipzig]", "[[]]"), "evaluate.missing", ("a", "facts")),
        (("[Leipzig]", "['Leip(zig']"), "evaluate.invalid", ("a", "facts.0.0", "Leip(zig")),
        (("[Leipzig]", "['(Leipzig)?']"), "evaluate.invalid", ("a", "facts.0.0", "'(Leipzig)?'")),
        (("[Leipzig]", "3"), "evaluate.invalid", ("a", "facts", "3")),
        (("facts:", "fact:"), "evaluate.unknown", ("a", "fact")),
        (("language: en", "language: de"), "evaluate.invalid", ("a", "language", "'de'")),
        (("kind: single", "kind: riddle"), "evaluate.invalid", ("a", "kind", "'riddle'")),
        (("answerable: true", "answerable: 'true'"), "evaluate.invalid", ("a", "answerable")),
        (("answerable: true", "answerable: false"), "evaluate.superfluous", ("a", "facts")),
        (("facts:", "forbidden: ['*'], facts:"), "evaluate.invalid", ("a", "forbidden.0")),
        (("facts:", "sections: {some: [x]}, facts:"), "evaluate.unknown", ("a", "sections.some")),
        (("facts:", "history: [{role: robot, content: Hi}], facts:"), "evaluate.invalid", ("a", "history.0.role")),
        (("facts:", "max_words: 0, facts:"), "evaluate.invalid", ("a", "max_words")),
    ],
)
def test_a_malformed_entry_is_named(tmp_path, change, key, said):
    error = refused(tmp_path, ENTRY.replace(*change))
    assert error.key == key
    assert error.values["entry"] == said[0]
    assert all(part in error.text("en") for part in said)
    assert all(part in error.text("fr") for part in said)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (ENTRY + ENTRY, "evaluate.duplicate"),
        ("- {id: a", "evaluate.yaml"),
        ("- !!python/object/apply:os.getcwd []", "evaluate.yaml"),
        ("", "evaluate.empty"),
        ("questions: []", "evaluate.empty"),
        ("questions: {a: b}", "evaluate.shape"),
        ("just words", "evaluate.shape"),
        ("- just words", "evaluate.invalid"),
        ("- null", "evaluate.invalid"),
    ],
)
def test_a_malformed_file_is_named(tmp_path, text, key):
    assert refused(tmp_path, text).key == key


def test_a_set_that_cannot_be_read(tmp_path):
    for path in (tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(QuestionError) as caught:
            load_questions(path)
        assert caught.value.key == "evaluate.unreadable"
    (tmp_path / "latin.yaml").write_bytes("- {id: é}".encode("latin-1"))
    with pytest.raises(QuestionError):
        load_questions(tmp_path / "latin.yaml")


def test_json_lines(tmp_path):
    entry = {
        "id": 7,
        "question": "Où ?",
        "language": "fr",
        "kind": "single",
        "answerable": True,
        "facts": [["Leipzig"]],
    }
    path = tmp_path / "feedback.jsonl"
    path.write_text(
        json.dumps(entry) + "\n\n" + json.dumps(entry | {"id": "b", "history": ["Et BIO ?"]}) + "\n", "utf-8"
    )
    first, second = load_questions(path)
    assert (first.id, first.question, first.facts) == ("7", "Où ?", (("Leipzig",),))
    assert second.request() == {
        "id": "b",
        "question": "Où ?",
        "history": [{"role": "user", "content": "Et BIO ?"}],
        "lang": "auto",
    }
    error = refused(tmp_path, json.dumps(entry) + "\n{oops}\n", "broken.jsonl")
    assert (error.key, error.values["line"]) == ("evaluate.json", 2)


def test_the_short_forms(tmp_path):
    path = tmp_path / "set.yaml"
    path.write_text(
        "questions:\n" + ENTRY.replace("facts:", "sections: [networking], history: [Hello], facts:"), "utf-8"
    )
    (loaded,) = load_questions(path)
    assert loaded.facts == (("Leipzig",),)
    assert loaded.sections == Sections(any=("networking",))
    assert (loaded.history[0].role, loaded.history[0].content) == ("user", "Hello")
    with pytest.raises(FrozenInstanceError):
        loaded.id = "b"


@pytest.mark.parametrize("name", SETS)
def test_a_set_has_its_make_up(name):
    questions = SETS[name]
    answerable = Counter(one.language for one in questions if one.answerable)
    near_misses = Counter(one.language for one in questions if one.kind == "unanswerable")
    assert answerable["en"] >= 45
    assert answerable["fr"] >= 30
    assert near_misses["en"] >= 18
    assert near_misses["fr"] >= 14
    kinds = {(one.language, one.kind) for one in questions}
    assert len(kinds) == 2 * 12
    assert {len(one.history) for one in questions if one.kind == "follow_up"} == {1, 2, 3}
    assert all(one.sections for one in questions if one.answerable)
    assert not any(one.answerable for one in questions if one.kind in ("unanswerable", "off_topic"))


def test_no_question_is_in_both_sets():
    reported, development = ({plain(one.question).lower().strip(" ?.!") for one in SETS[name]} for name in SETS)
    assert len(reported) == len(SETS["questions"])
    assert len(development) == len(SETS["development"])
    assert not reported & development


@pytest.mark.parametrize("name", SETS)
def test_every_section_expected_is_one_of_the_corpus(name):
    report = Path(__file__).parent.parent / "corpus" / "europe-international-2022.md"
    headings = [plain(line).lower() for line in report.read_text("utf-8").splitlines() if line.startswith("#")]
    expected = {section for one in SETS[name] if one.sections for section in one.sections.accepted}
    found = {section: sum(plain(section).lower() in heading for heading in headings) for section in expected}
    assert found == dict.fromkeys(expected, 1)
    assert len(expected) == 5


@pytest.mark.parametrize("name", SETS)
def test_every_example_is_right_by_its_own_facts(name):
    for one in SETS[name]:
        if one.answerable:
            judged = score(one, answer(one.example, one.expected_language))
            assert (one.id, judged.outcome, judged.language_right) == (one.id, "right", True)
            assert judged.short_enough is not False


@pytest.mark.parametrize("name", SETS)
def test_a_set_is_not_won_by_saying_nothing(name):
    said = answer("Genopole is a biocluster in France [1].")
    won = [one.id for one in SETS[name] if score(one, said).right]
    assert won == []
