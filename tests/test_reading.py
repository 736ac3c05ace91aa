"""What is made of a draft without asking the model again: does it tell the fact, is its yes or no borne out, is a list whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from genoassist import corpus as corpora
from genoassist import reading as reader
from genoassist.about import to_the_point
from genoassist.answer import MOST_DATED, bearing, in_month, left_out, said
from genoassist.judgement import unmet
from genoassist.llm import Inside
from genoassist.names import Names
from genoassist.polarity import of_whom, of_whom_given, polar
from genoassist.premise import contradicts
from genoassist.quotation import account, joined, otherwise, quotation
from genoassist.reading import Judged, Reading, prefix, tellers
from genoassist.trust import adds, dated_well, joined_well, names_them, says_it_is_not_said, stated_well, tells
from genoassist.types import Check, Evidence, Hit, Passage, Query, Sentence, Turn
from genoassist.units import Unit, answering, headed, line, listed, said_before, told_with, units

TEXT = """# Lumen 2031

Lumen has three partners:

- Quarz, in Turku;
- the Brumaire cluster;
- Kasper Brandt's laboratory.

It was signed in May. Its budget is:

Nothing else.
"""


NAMES = Names(written={"quarz": "Quarz"}, topical=frozenset({"quarz"}), words=frozenset())


@pytest.fixture(name="unit")
def _unit(tmp_path: Path):
    (tmp_path / "lumen.md").write_text(TEXT, encoding="utf-8")
    return units(corpora.load(tmp_path))[0]


def evidence(question: str, *found: Sentence) -> Evidence:
    hits = [Hit(Passage(s.id, s, s.text), 0.8, None, 1.0) for s in found]
    return Evidence(Query(question, question, "en"), tuple(hits), ())


def sentence(unit, start: str) -> Sentence:
    return next(s for s in unit.sentences if s.text.startswith(start))


def test_every_sentence_of_a_unit_is_a_line_of_its_text(unit):
    assert unit.text.splitlines()[2:] == [line(each) for each in unit.sentences]


TABLES = """# Fairs

Two fairs:

| Fair | City | Visitors |
|---|---|---:|
| SeaTech | Hamburg | 2,150 |
| AgriNext | Lyon | 900 |

| | 2022 | 2023 |
|---|---|---|
| Budget | 4 | 5 |
"""


def test_a_row_of_a_table_comes_under_its_header(tmp_path):
    (tmp_path / "fairs.md").write_text(TABLES, encoding="utf-8")
    fairs = units(corpora.load(tmp_path))[0]
    row, header = sentence(fairs, "AgriNext"), sentence(fairs, "Fair | City")
    assert headed(fairs, row) == listed(fairs, row) == (header, row)
    assert headed(fairs, header) == (header,)
    assert [s.text for s in headed(fairs, sentence(fairs, "Budget"))] == ["2022 | 2023", "Budget | 4 | 5"]
    assert headed(fairs, sentence(fairs, "Two")) == (sentence(fairs, "Two"),)
    assert said_before(fairs, row) == (row,)
    quote = quotation(*headed(fairs, row), reader="en", source="en").sentence
    assert quote == "The report states: “Fair | City | Visitors / AgriNext | Lyon | 900”"


def test_rows_of_a_table_are_quoted_under_one_header(tmp_path):
    (tmp_path / "fairs.md").write_text(TABLES, encoding="utf-8")
    fairs = units(corpora.load(tmp_path))[0]
    header, one, other, alone = (sentence(fairs, start) for start in ("Fair | City", "SeaTech", "AgriNext", "Two"))
    assert joined([(header, other), (alone,), (header, one)]) == ((header, one, other), (alone,))


def test_what_never_changes_of_a_prompt_ends_before_the_question(unit):
    assert unit.text in prefix(unit)
    assert "Question" not in prefix(unit)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("What happened in May?", ["It was signed in May."]),
        ("Que s’est-il passé en mai ?", ["It was signed in May."]),
        ("What happened in June?", []),
        ("What happened with Quarz in May?", []),
        ("What happened?", []),
    ],
)
def test_what_is_of_the_month_is_gathered_with_the_names_asked_about(unit: Unit, question: str, found: list[str]):
    names = Names(written={"quarz": "Quarz"}, topical=frozenset({"quarz"}), words=frozenset())
    there = evidence(question, *unit.sentences)
    assert [s.text for s in in_month(there.query, there, names)] == found
    many = evidence("What happened in May?", *[sentence(unit, "It was signed")] * (MOST_DATED + 2))
    assert len(in_month(many.query, many, names)) == MOST_DATED


def test_a_list_is_whole_from_its_introduction_and_from_an_item(unit):
    whole = [s.text for s in listed(unit, sentence(unit, "Lumen has"))]
    assert len(whole) == 4
    assert whole[0] == "Lumen has three partners:"
    assert [s.text for s in listed(unit, sentence(unit, "the Brumaire"))] == whole


def test_what_is_counted_off_is_a_list(tmp_path):
    (tmp_path / "aims.md").write_text(
        "# Aims\n\n## Three\n\nWe have plans. First, a fair in May. It is dear. Second, a prize. Finally, all rest.\n\n"
        "Third, no more.\n",
        encoding="utf-8",
    )
    unit = units(corpora.load(tmp_path))[0]
    assert [s.text for s in listed(unit, sentence(unit, "Second"))] == ["First, a fair in May.", "Second, a prize."]
    assert listed(unit, sentence(unit, "It is")) == (sentence(unit, "It is"),)


@pytest.mark.parametrize("start", ["It was signed", "Its budget", "Nothing else"])
def test_what_is_no_list_is_itself(unit, start):
    one = sentence(unit, start)
    assert listed(unit, one) == (one,)


@pytest.mark.parametrize(
    ("between", "count"),
    [(";", 3), ("", 3), (".", 1), (" shown in May in Turin by Quarz", 1)],  # the last are news, each its own
)
def test_a_list_under_a_heading_is_whole_where_its_items_go_on(tmp_path: Path, between: str, count: int):
    text = (
        f"# Prizes\n\n## Given\n\n- Film: Dry Harbour{between}\n- Game: Tallow{between}\n- Book: Quay.\n\nAll in May.\n"
    )
    (tmp_path / "prizes.md").write_text(text, encoding="utf-8")
    unit = units(corpora.load(tmp_path))[-1]
    assert len(listed(unit, unit.sentences[1])) == count
    assert listed(unit, unit.sentences[3]) == (unit.sentences[3],)


@pytest.mark.parametrize(
    ("text", "log_odds", "question", "kept"),
    [
        ("Yes, Lumen is led by Quarz.", 2.1, "Is Lumen led by Quarz?", True),
        ("Yes, Lumen is led by Quarz.", 0.3, "Is Lumen led by Quarz?", False),
        ("Oui, Quarz dirige Lumen.", 2.1, "Quarz dirige-t-il Lumen ?", True),
        ("Yes, members do not pay.", 2.1, "Do members pay?", False),
        ("Oui, les membres ne paient pas.", 2.1, "Les membres paient-ils ?", False),
        ("No, Brumaire leads it.", -1.0, "Does Quarz lead Lumen?", True),
        ("No, Brumaire leads it.", 1.0, "Does Quarz lead Lumen?", False),
    ],
)
def test_yes_and_no_need_a_second_reading(unit, text, log_odds, question, kept):
    check = Check(text, (unit.sentences[0],))
    assert polar(check, Query(question, question, "en"), lambda: log_odds).passed is kept


@pytest.mark.parametrize(
    ("source", "question", "kept"),
    [
        ("The port coordinates the project; Quarz is its partner.", "Does Quarz coordinate it?", False),
        ("Le port coordonne le projet ; Quarz y est partenaire.", "Quarz coordonne-t-il le projet ?", False),
        ("Quarz coordinates the project; the port is its partner.", "Does Quarz coordinate it?", True),
        ("Members pay 240; students come free of charge.", "Do students pay?", False),
    ],
)
def test_a_yes_is_said_in_one_clause(source, question, kept):
    check = Check("Yes, it does.", (Sentence("d#s:0", "d", "s", source, 0, len(source)),))
    assert polar(check, query(question), lambda: 3.0).passed is kept


@pytest.mark.parametrize(
    ("draft", "source", "kept"),
    [
        ("Yes, all members came.", "Nine members came.", False),
        ("Yes, all members came.", "Every member came.", True),
        ("Oui, Brandt dirige toujours Lumen.", "Brandt leads Lumen.", False),
        ("Oui, Brandt dirige encore Lumen.", "Brandt still leads Lumen.", True),
        ("Yes, only Quarz came.", "Quarz came.", False),
        ("Oui, seul Quarz est venu.", "Quarz came alone.", True),
    ],
)
def test_a_yes_goes_no_further_than_its_source(draft, source, kept):
    check = Check(draft, (Sentence("d#s:0", "d", "s", source, 0, len(source)),))
    assert polar(check, query("Is it so?"), lambda: 3.0).passed is kept


@pytest.mark.parametrize(
    ("text", "who", "name"),
    [
        ("Is Quarz the coordinator of Lumen?", "Who is the coordinator of Lumen?", "Quarz"),
        ("Is it the University of Turku that runs Lumen?", "Who runs Lumen?", "the University of Turku"),
        ("Does Quarz lead Lumen?", "Who does lead Lumen?", "Quarz"),
        ("Is Lumen run by the Brumaire cluster since 2020?", "By whom is Lumen run since 2020?", "the Brumaire"),
        ("Is Lumen coordinated by Quarz?", "By whom is Lumen coordinated?", "Quarz"),
        ("Is Kasper Brandt still at the head of Lumen?", "Who is still at the head of Lumen?", "Kasper Brandt"),
        ("Lumen est-il coordonné par Quarz ?", "Par qui Lumen est-il coordonné ?", "Quarz"),
        ("Quarz est-il le coordinateur de Lumen ?", "Qui est le coordinateur de Lumen ?", "Quarz"),
        ("Est-ce Kasper Brandt qui a signé l’accord ?", "Qui a signé l’accord ?", "Kasper Brandt"),
        ("Est-ce que Quarz dirige Lumen ?", "Qui dirige Lumen ?", "Quarz"),
        ("Est-ce que Lumen est dirigé par Quarz ?", "Par qui est-ce que Lumen est dirigé ?", "Quarz"),
        ("Quarz dirige-t-il Lumen ?", "Qui dirige Lumen ?", "Quarz"),
        ("Does Quarz lead it? (What is Lumen?)", "Who does lead it? (What is Lumen?)", "Quarz"),
        ("Will it be signed by December?", None, None),
        ("Is Quarz a partner of Lumen?", None, None),
        ("Is Lumen the first project of its kind?", None, None),
        ("Lumen est-il terminé ?", None, None),
    ],
)
def test_a_question_about_a_post_is_asked_of_whoever_holds_it(text, who, name):
    assert of_whom(text) == ((who, name) if who else None)


@pytest.mark.parametrize(
    ("text", "who", "name"),
    [
        ("Since Quarz coordinates Lumen, what does Brandt do?", "Who coordinates Lumen?", "Quarz"),
        (
            "Since Kasper Brandt is the founder of Lumen, when did he leave?",
            "Who is the founder of Lumen?",
            "Kasper Brandt",
        ),
        ("Given that Lumen is led by Quarz, who signs?", "By whom is Lumen led?", "Quarz"),
        ("Since Quarz won the prize in 2031, what became of it?", "Who won the prize in 2031?", "Quarz"),
        ("As the coordinator of Lumen, how does Quarz pay its partners?", "Who is the coordinator of Lumen?", "Quarz"),
        ("Puisque Quarz coordonne Lumen, que fait Brandt ?", "Qui coordonne Lumen?", "Quarz"),
        ("Comme Lumen est dirigé par Quarz, qui signe ?", "Par qui Lumen est dirigé ?", "Quarz"),
        ("En tant que coordinateur de Lumen, que fait Quarz ?", "Qui est le coordinateur de Lumen ?", "Quarz"),
        ("Since when has Quarz belonged to Lumen?", None, None),
        ("Since Lumen began in May, how many came?", None, None),
        ("What did Quarz do?", None, None),
    ],
)
def test_a_post_that_a_question_gives_to_a_name_is_asked_about(text, who, name):
    assert of_whom_given(text) == ((who, name) if who else None)


def test_a_yes_of_another_year_than_its_source_is_not_borne_out():
    told = "In May 2022, Quarz joined Lumen."
    source = Sentence("d#s:0", "d", "s", told, 0, len(told))
    assert not polar(
        Check("Yes, Quarz joined Lumen in 2019.", (source,)), query("Did it join in 2019?"), lambda: 3.0
    ).passed
    assert polar(
        Check("Yes, Quarz joined Lumen in 2022.", (source,)), query("Did it join in 2022?"), lambda: 3.0
    ).passed


def test_a_yes_leans_on_the_best_sentence_first(unit):
    best, echoed = unit.sentences[4], unit.sentences[0]

    def verify(_, text, candidates):
        return Check(text, (echoed,)) if echoed in candidates else Check(text, (), ("not in what it cites: Lumen",))

    asked = query("Was Lumen signed?")
    assert reader._supported("Yes, Lumen was signed.", asked, unit, best, verify).supported_by == (best, echoed)
    assert reader._supported("Lumen was signed.", asked, unit, best, verify).supported_by == (echoed,)


def test_an_echo_of_a_yes_no_question_is_not_what_is_quoted(unit):
    echo = Check("Yes, Lumen unites partners.", (unit.sentences[5],), ("yes or no is not borne out",))
    quoted = left_out(query("Does Lumen unite partners?"), reading(unit, echo), [], NAMES)
    assert all(unit.sentences[5] not in whole for whole in quoted)


def test_who_did_it_is_not_who_the_question_names(unit):
    turned = Check("Quarz is coordinated by Lumen.", (unit.sentences[0],))
    asked = query("By whom is Lumen coordinated?")
    assert not joined_well(turned, asked, unit, NAMES).passed
    right = replace(turned, sentence="Lumen is coordinated by Quarz.")
    assert joined_well(right, asked, unit, NAMES).passed


def test_a_statement_is_not_read_again(unit):
    check = Check("Lumen has three partners.", (unit.sentences[0],))
    assert polar(check, Query("Who?", "Who?", "en"), lambda: 1 / 0) is check


@pytest.mark.parametrize(
    ("text", "question", "told"),
    [
        ("Lumen has three partners.", "How many partners does Lumen have?", True),
        ("Lumen a 3 partenaires.", "Combien de partenaires Lumen compte-t-il ?", True),
        ("Lumen has 40 members.", "How many partners does Lumen have?", False),
        ("It was signed in May.", "When was Lumen signed?", True),
        ("Lumen was signed.", "When was Lumen signed?", False),
        ("Lumen was signed by Brandt.", "Quand Lumen a-t-il été signé ?", False),
        ("Kasper Brandt.", "Who is a partner of Lumen?", True),
        ("Lumen leads it.", "Who leads the project?", True),
        ("Lumen leads it.", "Who leads Lumen?", False),
        ("Lumen met in Sweden.", "Qui a parlé pour Lumen ?", False),
        ("Lumen met in Sweden.", "Where did Lumen meet?", True),
        ("The cable costs 3 MW.", "How much does the cable cost?", False),
        ("Le câble coûte 3 millions d’euros.", "Quel est le prix du câble ?", True),
        ("Lumen received funding from Sweden.", "How much funding has Lumen received?", False),
        ("Lumen a reçu le prix Brandt.", "Quel prix Lumen a-t-il reçu ?", True),
    ],
)
def test_a_draft_tells_the_one_fact_that_is_asked_for(unit, text, question, told):
    names = Names(
        written={"brandt": "Brandt", "lumen": "Lumen", "sweden": "Sweden"},
        topical=frozenset({"brandt", "lumen", "sweden"}),
        words=frozenset(),
    )
    check = Check(text, (replace(unit.sentences[0], text=text),))
    assert tells(check, Query(question, question, "en"), names) is told


def test_what_was_said_before_tells_nothing_more(unit):
    names = Names({"brandt": "Brandt", "lumen": "Lumen"}, frozenset({"brandt", "lumen"}), frozenset())
    before = (Turn("user", "Who leads Lumen?"), Turn("assistant", "Kasper Brandt leads it [1]."))
    check = Check("Kasper Brandt.", (replace(unit.sentences[0], text="Kasper Brandt leads Lumen."),))

    def told(question: str, used: bool) -> bool:
        return tells(check, Query(question, question, "en", before, history_used=used), names)

    assert not told("Whom did he replace?", True)
    assert told("Who leads Nacre?", False)
    assert told("Which of them leads Lumen?", True)


@pytest.mark.parametrize(
    ("question", "text", "source", "passes"),
    [
        ("Which partners came?", "Five partners came.", "Five partners came in May.", False),
        ("Quels partenaires sont venus ?", "Deux partenaires sont venus.", "Two partners came.", False),
        ("Which partners came?", "Quarz came.", "Quarz came in May.", True),
        ("Which themes were there?", "Ports and skills were themes.", "Ports and skills were themes.", True),
        ("Which services are free?", "Training is free.", "Training is free.", True),
        ("Quelles années sont citées ?", "2019 et 2021.", "In 2019 and 2021.", True),
        ("Which partners came?", "Five partners came.", "Five partners (Quarz, Brumaire) came.", True),
        ("How many partners came?", "Five partners came.", "Five partners came in May.", True),
    ],
)
def test_which_ones_is_not_answered_with_how_many(unit, question, text, source, passes):
    check = Check(text, (replace(unit.sentences[0], text=source),))
    assert names_them(check, Query(question, question, "en"), NAMES).passed is passes


def test_a_year_that_only_the_title_has_tells_nothing(unit):
    names = Names(written={}, topical=frozenset(), words=frozenset())
    check = Check("Lumen was founded in 2022.", (replace(unit.sentences[0], text="Lumen was founded."),))
    assert not tells(check, Query("?", "When was Lumen founded?", "en"), names)


def reading(unit: Unit, *drafts: Check) -> Reading:
    ranking = tuple((-float(place), s) for place, s in enumerate(unit.sentences))
    return Reading(unit, ranking, drafts, answers=True)


def query(text: str) -> Query:
    return Query(text, text, "en")


def test_the_one_fact_stands_alone(unit):
    draft = Check("The partner is Quarz.", (unit.sentences[1],))
    asked = query("Who is a partner in Turku?")
    assert said(asked, reading(unit, draft), NAMES) == [draft]
    assert left_out(asked, reading(unit, draft), [draft], NAMES) == ()


def test_what_a_longer_draft_leaves_out_is_quoted_and_a_list_whole(unit):
    draft = Check("Lumen unites partners.", (unit.sentences[0],))
    asked = query("Which partners does Lumen have?")
    assert said(asked, reading(unit, draft), NAMES) == [draft]
    assert left_out(asked, reading(unit, draft), [draft], NAMES)[0] == unit.sentences[:4]


def test_a_draft_that_leans_on_others_than_the_best_is_not_said(unit):
    draft = Check("It was signed with Quarz.", (unit.sentences[0], unit.sentences[-1]))
    assert said(query("Which partners does Lumen have?"), reading(unit, draft), NAMES) == []


def test_a_draft_may_lean_on_the_rest_of_a_list(unit):
    whole = unit.sentences[:4]
    draft = Check("Lumen has three partners: Quarz, Brumaire and Brandt.", (whole[0], whole[3]))
    first = replace(reading(unit, draft), ranking=((1.0, whole[0]),))
    assert said(query("Which partners does Lumen have?"), first, NAMES) == [draft]


def test_a_yes_may_lean_on_another_sentence_for_a_name(unit):
    yes = Check("Yes, it was signed with Quarz.", (unit.sentences[0], unit.sentences[-1]))
    assert said(query("Was it signed with Quarz?"), reading(unit, yes), NAMES) == [yes]


def test_an_acronym_is_held_as_it_is_written(unit: Unit):
    names = Names(written={"bio": "BIO"}, topical=frozenset({"bio"}), words=frozenset())
    texts = ("Bio-Europe is in May.", "EndoGene.Bio came in May.", "The BIO fair is in May.")
    told = [Sentence(f"d#s:{i}", "d", "s", text, 0, len(text)) for i, text in enumerate(texts)]
    there = evidence("What happened at BIO in May?", *told)
    assert in_month(there.query, there, names) == told[2:]
    there = evidence("What happened at BIO in May?", *told[:2])
    assert in_month(there.query, there, names) == told[:2]


def test_of_a_yes_only_what_bears_it_out_is_quoted(unit):
    draft = Check("Yes, it was signed.", (unit.sentences[4],))
    asked = query("Is Lumen signed?")
    assert [s for whole in left_out(asked, reading(unit, draft), [draft], NAMES) for s in whole] == [unit.sentences[4]]


def test_a_quotation_from_elsewhere_names_its_section(unit):
    found = quotation(unit.sentences[4], reader="fr", source="en", lead="elsewhere", under="Lumen 2031")
    assert (
        found.sentence
        == "Dans la rubrique «\u00a0Lumen 2031\u00a0», le rapport indique\u00a0: «\u00a0It was signed in May\u00a0»"
    )


@pytest.mark.parametrize(
    ("text", "language", "passes"),
    [
        ("La mission a-t-elle pris du retard parce que les capteurs manquaient.", "fr", False),
        ("La mission a pris du retard.", "fr", True),
        ("Its hands-on budget is a follow-on.", "en", True),
        ("Rendez-vous est pris.", "fr", True),
        ("Le 14 juin et le 14 juin.", "fr", False),
        ("Lumen, and Lumen", "en", False),
        ("It is for health and health technology.", "en", True),
        ("Lumen grew more and more.", "en", True),
        ("Université de Lyon, Institut de Myologie, École de Génomique.", "en", True),
        ("Le 14 juin et le 15 juin.", "fr", True),
        ("La mission a pris du retard dans les ports.", "en", False),
        ("The mission was put off until it was safe.", "fr", False),
        ("Lumen, Quarz, The Brumaire Fund", "fr", True),
        ("Le navireur est Lumen.", "fr", False),
        ("La mission singapourienne est cofinancée par le laboratory.", "fr", True),
    ],
)
def test_a_statement_is_in_its_language_not_put_as_a_question_and_names_a_thing_once(unit, text, language, passes):
    assert stated_well(Check(text, (unit.sentences[0],)), Query("?", "?", language), unit).passed is passes


@pytest.mark.parametrize(
    ("text", "language", "passes"),
    [
        ("Quarz told the students about the importance of its mission.", "en", False),
        ("Quarz told the students about Lumen and the Brumaire Fund.", "en", True),
        ("Quarz a présenté aux étudiants l’importance de sa mission.", "fr", True),  # another language has other words
    ],
)
def test_a_draft_has_few_words_of_its_own(unit, text, language, passes):
    asked = Query("What did Quarz tell the students?", "What did Quarz tell the students?", language)
    assert stated_well(Check(text, (unit.sentences[0],)), asked, unit).passed is passes


ELSEWHERE = """---
year: 2031
---
# Lumen 2031

## One

It was signed in May. In May 2030 Quarz left.

## Two

Three people came on 4 May. In June nobody did.
"""


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What happened in May?", ["signed in May", "In May 2030", "on 4 May"]),
        ("What happened in May 2031?", ["signed in May", "on 4 May"]),
        ("Que s’est-il passé en mai 2030 ?", ["In May 2030"]),
        ("What happened in July?", []),
        ("What happened on 4 May?", ["on 4 May"]),
        ("Que s’est-il passé le 5 mai ?", []),
        ("How many people came in May?", []),  # asks of something besides
        ("What did Quarz do in May?", []),
    ],
)
def test_a_month_alone_is_told_from_everywhere(tmp_path: Path, question: str, told: list[str]):
    (tmp_path / "lumen.md").write_text(ELSEWHERE, encoding="utf-8")
    checks = list(account(Query(question, question, "en"), units(corpora.load(tmp_path))))
    assert [any(part in check.sentence for check in checks) for part in told] == [True] * len(told)
    assert len(checks) == len(told)
    assert all(check.passed for check in checks)


FAIRS = """# Fairs

## Fairs of 2031 {#fairs}

Quarz went to two fairs.

- Lumen-Expo was held in Turku. The firm Ostrava had a stand.
- The Brumaire fair drew 2,000 visitors in May.

It will go again.
"""


@pytest.fixture(name="fairs")
def _fairs(tmp_path: Path):
    (tmp_path / "fairs.md").write_text(FAIRS, encoding="utf-8")
    return units(corpora.load(tmp_path))[0]


CAPTION = """# Networks

## Towards a data space

Quarz, the coordinator of Lumenet, came in June. About 100 firms sent a delegate.

> "Our work with Lumenet has opened doors."
>
> KASPER BRANDT, AFFAIRS OFFICER

The mission of Ostrava left in May, with Anna Quist at its head. Its head office is with Solveig Moe.
"""


@pytest.mark.parametrize(
    ("text", "starts", "question", "kept"),
    [
        ("Lumenet est dirigé par Kasper Brandt.", ["KASPER", '"Our'], "Qui dirige Lumenet ?", False),
        (
            "Kasper Brandt is the affairs officer of Lumenet.",
            ["KASPER"],
            "Who is the affairs officer of Lumenet?",
            True,
        ),
        ("Lumenet is coordinated by Quarz.", ["Quarz"], "Who coordinates Lumenet?", True),
        ("Anna Quist leads the mission of Ostrava.", ["The mission"], "Who leads the mission of Ostrava?", True),
        ("Ostrava est dirigée par Solveig Moe.", ["Its head"], "Qui dirige Ostrava ?", True),  # a pronoun stands for it
        (
            "100 firms went on the mission of Ostrava.",
            ["About", "The mission"],
            "How many firms did Ostrava take?",
            False,
        ),
        ("100 firms of Lumenet sent a delegate.", ["About"], "How many firms of Lumenet sent a delegate?", True),
        ("Quarz came to Ostrava in June.", ["Quarz", "The mission"], "When did Quarz come to Ostrava?", False),
    ],
)
def test_a_person_or_a_number_is_told_of_what_stands_with_it(tmp_path, text, starts, question, kept):
    (tmp_path / "networks.md").write_text(CAPTION, encoding="utf-8")
    corpus = corpora.load(tmp_path)
    unit = units(corpus)[0]
    check = Check(text, tuple(sentence(unit, start) for start in starts))
    assert joined_well(check, query(question), unit, Names.of(corpus)).passed is kept


def test_an_item_of_a_list_is_about_one_thing(fairs):
    started = [s.text[:9] for s in told_with(fairs, sentence(fairs, "The firm"))]
    assert started == ["Quarz wen", "Lumen-Exp", "The firm "]
    assert [s.text[:9] for s in told_with(fairs, sentence(fairs, "It will"))] == ["Quarz wen", "It will g"]


@pytest.mark.parametrize(
    ("text", "starts", "question", "kept"),
    [
        ("Lumen-Expo drew 2,000 visitors.", ["Lumen-Expo", "The Brum"], "How many visitors came to Lumen-Expo?", False),
        ("Brumaire drew 2,000 visitors.", ["The Brum"], "Combien de visiteurs sont venus à Brumaire ?", True),
        ("Quarz saw 2,000 visitors.", ["The Brum", "Quarz"], "How many visitors did Quarz see?", True),
        ("Lumen-Expo drew 2,000 visitors.", ["Lumen-Expo", "The Brum"], "Which fairs were held?", True),
        ("Yes, Lumen-Expo was in May.", ["The Brum"], "Was Lumen-Expo in May?", False),
        ("Oui, la foire Brumaire a eu lieu en mai.", ["The Brum"], "La foire Brumaire était-elle en mai ?", True),
        ("The Fairs drew 2,000 visitors.", ["The Brum"], "How many visitors did the Fairs have?", True),
    ],
)
def test_a_fact_of_one_item_is_not_told_of_another(tmp_path, fairs, text, starts, question, kept):
    names = Names.of(corpora.load(tmp_path))
    check = Check(text, tuple(sentence(fairs, start) for start in starts))
    assert joined_well(check, Query(question, question, "en"), fairs, names).passed is kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The phone number is not provided in the extracts.", True),
        ("Le rapport ne précise pas le budget.", True),
        ("L’adresse n’est pas mentionnée.", True),
        ("No date is given.", True),
        ("The extracts don't say when it ended.", True),
        ("Le budget n’est pas connu.", True),
        ("No, it was given in May.", False),
        ("The association's budget was given in May.", False),
        ("The name was given in May.", False),
        ("It was not signed.", False),
    ],
)
def test_a_draft_that_says_nothing_is_said_is_no_answer(fairs, text, said):
    assert says_it_is_not_said(Check(text, fairs.sentences[:1])) is said


@pytest.mark.parametrize(
    ("text", "question", "added"),
    [
        ("Quarz leads the market for lamps.", "Which market does Quarz lead?", True),
        ("Quarz leads the market.", "Which market does Quarz lead?", False),
        ("Quarz leads the market for boats.", "Which market does Quarz lead?", False),
        ("Quarz leads the market for lamps.", "Who leads the market?", False),
        ("Quarz sold three lamps.", "How many boats has Quarz sold?", False),
    ],
)
def test_what_is_neither_a_name_nor_a_number_may_be_told_too(fairs, text, question, added):
    source = replace(fairs.sentences[0], text="Quarz, which sold three, leads the market for lamps.")
    assert adds(Check(text, (source,)), Query(question, question, "en")) is added


def test_what_the_source_says_is_not_given_is_an_answer(fairs):
    source = replace(fairs.sentences[0], text="The price is not mentioned by Quarz.")
    assert not says_it_is_not_said(Check("Quarz has not mentioned the price.", (source,)))


@pytest.mark.parametrize(
    ("question", "start", "able"),
    [
        ("When was the Brumaire fair?", "The Brum", True),
        ("In which year was Lumen-Expo?", "Lumen-Expo", True),  # its heading has one
        ("On which day was Lumen-Expo?", "Lumen-Expo", False),
        ("How many visitors came?", "Lumen-Expo", False),
        ("Combien de visiteurs sont venus ?", "The Brum", True),
        ("Where will the next fair be?", "Lumen-Expo", True),  # "will go again"
        ("How much did the fair cost?", "The Brum", False),  # what is counted is no sum
        ("How many visitors came to the Brumaire fair?", "The Brum", True),
        ("Where was the Brumaire fair?", "Lumen-Expo", False),  # another item of the list
        ("Where did the Brumaire fair meet Lumen-Expo?", "Lumen-Expo", True),  # no item is about both
        ("Where did Helvetia meet?", "Lumen-Expo", True),  # no name of the corpus
    ],
)
def test_what_a_sentence_could_tell(tmp_path, fairs, question, start, able):
    names = Names.of(corpora.load(tmp_path))
    assert (sentence(fairs, start) in tellers(fairs, query(question), names)) is able


YEAR_OUT = """# Fairs

## Abroad

In October a stand was held in Turku. It drew the firm Ostrava.

A mission left for Oslo in November. There it met four firms, which came again in June.
"""


@pytest.mark.parametrize(
    ("question", "start", "able"),
    [
        ("Where was the one in November?", "In October", False),
        ("Et celle de novembre, c’était où ?", "In October", False),
        ("Where was the one in November?", "A mission", True),
        ("and the one in November, where? (Where was it in October: Turku)", "In October", False),
        ("and the one in November, where? (Where was it in October: Turku)", "A mission", True),
        ("Where was the one in November?", "There it met", True),  # said after it, in the same paragraph
        ("Where was the one in November?", "It drew", True),  # of no month
        ("Where was the one in May?", "In October", True),  # of no month that the section has
    ],
)
def test_a_sentence_of_another_month_does_not_tell(tmp_path, question, start, able):
    (tmp_path / "fairs.md").write_text(YEAR_OUT, encoding="utf-8")
    corpus = corpora.load(tmp_path)
    unit = units(corpus)[0]
    assert (sentence(unit, start) in tellers(unit, query(question), Names.of(corpus))) is able


@pytest.mark.parametrize(
    ("question", "cosine", "quoted"),
    [
        ("Was Lumen-Expo held in Turku?", 0.9, True),
        ("Lumen-Expo a-t-il eu lieu à Turku ?", 0.9, True),
        ("Was Lumen-Expo held in Oslo?", 0.9, False),
        ("Was Lumen-Expo held in Turku?", 0.8, False),
        ("Where was Lumen-Expo held?", 0.9, False),
    ],
)
def test_a_yes_or_no_question_that_is_not_read_gets_the_nearest_sentence(fairs, question, cosine, quoted):
    nearest = sentence(fairs, "Lumen-Expo")
    found = Evidence(
        Query(question, question, "en"), (Hit(Passage(nearest.id, nearest, nearest.text), cosine, None, 1.0),), ()
    )
    checks = list(bearing(found.query, found, [fairs]))
    assert [check.supported_by for check in checks] == ([(nearest,)] if quoted else [])


@pytest.mark.parametrize(
    ("text", "source", "question", "kept"),
    [
        ("Lumen was founded in 2031.", "Lumen was elected in 2031.", "In which year was Lumen founded?", False),
        ("Lumen a été créé en 2031.", "Lumen was elected in 2031.", "Quand Lumen a-t-il été créé ?", False),
        ("Lumen was elected in 2031.", "Lumen was elected in 2031.", "In which year was Lumen elected?", True),
        ("Lumen was founded in 2029.", "Set up in 2029, Lumen pays.", "When was Lumen founded?", True),
        ("Lumen was founded in May 2031.", "Set up in May 2031, Lumen pays.", "When was Lumen founded?", True),
        ("Lumen had 2031 visitors.", "Lumen had 2031 visitors.", "How many came?", True),
        ("Lumen has led Quarz since August 2034.", "Quarz | August 2034", "Since when does Lumen lead Quarz?", False),
        ("Lumen mène Quarz depuis 2030.", "Lumen leads Quarz (2030).", "Depuis quand Lumen mène-t-il Quarz ?", True),
    ],
)
def test_the_year_of_a_report_dates_no_act_that_its_source_has_not(fairs, text, source, question, kept):
    names = Names(written={"lumen": "Lumen"}, topical=frozenset({"lumen"}), words=frozenset())
    unit = replace(fairs, document=replace(fairs.document, year=2031))
    check = Check(text, (replace(fairs.sentences[0], text=source),))
    assert dated_well(check, Query(question, question, "en"), unit, names).passed is kept


@pytest.mark.parametrize(
    ("question", "odds", "before_the_first", "order"),
    [
        ("Who are the partners of Lumen?", [reader.CERTAIN, 4.0, 1.0], 1, [0, 1, 2]),
        ("Who are the partners of Lumen?", [reader.CERTAIN - 0.1, 4.0, 1.0], 3, [1, 0, 2]),
        ("When was Lumen signed?", [reader.SURE, 4.0, 1.0], 1, [0]),
        ("When was Lumen signed?", [reader.SURE - 0.1, 4.0, 1.0], 3, [1, 0, 2]),
        ("Who runs Lumen now?", [4.0, reader.SURE, 3.0], 3, [2, 1, 0]),  # the newest that is sure
        ("Qui dirige Lumen aujourd’hui ?", [4.0, 3.0, reader.SURE - 0.1], 3, [1, 0, 2]),
        ("Who ran Lumen in the current year, 2031?", [4.0, 3.0, 2.0], 1, [0]),
    ],
)
def test_a_sure_unit_is_read_before_the_others_are_judged(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    question: str,
    odds: list[float],
    before_the_first: int,
    order: list[int],
) -> None:
    for year, name in enumerate("abc", start=2031):
        text = f"---\nyear: {year}\n---\n\n# {name.upper()} 2031\n\nLumen was signed in May.\n"
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    every = units(corpora.load(tmp_path))
    near = evidence(question, *(unit.sentences[0] for unit in every))
    judged: list[Unit] = []

    def judge(_model: object, unit: Unit, _query: Query) -> Judged:
        judged.append(unit)
        return Judged(odds[every.index(unit)], unit, ())

    monkeypatch.setattr(reader, "judge", judge)
    stream = reader.judged(None, query(question), near, every, NAMES)  # type: ignore[arg-type]
    first = next(stream)
    assert len(judged) == before_the_first
    assert [every.index(each.unit) for each in (first, *stream)] == order


def test_a_unit_without_a_name_of_the_question_is_of_something_else(tmp_path):
    (tmp_path / "two.md").write_text(
        "# Yearbook\n\n## Lumen\n\nThe firm Lumen met in June.\n\n## Nacre\n\nThe Nacre fair was in May.\n",
        encoding="utf-8",
    )
    corpus = corpora.load(tmp_path)
    lumen, nacre = units(corpus)
    names = Names.of(corpus)
    asked = query("When did Lumen meet?")
    assert lumen.sentences[0] in tellers(lumen, asked, names)
    assert nacre.sentences[0] not in tellers(nacre, asked, names)
    assert nacre.sentences[0] in tellers(nacre, query("When did it meet?"), names)


def test_what_stands_over_a_document_is_what_its_units_are_about(tmp_path):
    (tmp_path / "a.md").write_text(
        "---\ntitle: Yearbook\nsource: Yearbook of Lumen\n---\n\n## Partners\n\nThe cluster met Quarz in June.\n",
        encoding="utf-8",
    )
    (tmp_path / "b.md").write_text(
        "# Other\n\n## Lumen\n\nLumen met Nacre in May.\n\n## Nacre\n\nNacre met in July.\n", encoding="utf-8"
    )
    corpus = corpora.load(tmp_path)
    first, _, nacre = units(corpus)
    asked = query("When did Lumen meet Quarz?")
    assert unmet(asked, first) == ()
    assert unmet(asked, nacre) == ("Lumen", "Quarz")
    assert any(tellers(first, asked, Names.of(corpus)))


@pytest.mark.parametrize(
    ("question", "able"),
    [
        ("Who led the trip to Chile?", [True, True]),  # « Chili » is there
        ("Who gave the prize?", [True, True]),  # a word of a dictionary, though the other document has a "Prize"
        ("Who gave the Nacre Prize?", [False, True]),
    ],
)
def test_a_name_in_the_other_language_is_the_same(tmp_path, question, able):
    (tmp_path / "a.md").write_text(
        "# Bilan\n\n## Missions\n\nLa mission au Chili était conduite par Quarz.\n", encoding="utf-8"
    )
    (tmp_path / "b.md").write_text(
        "# Yearbook\n\n## Winners\n\nThe Nacre Prize and a stay in Chile went to Lumen.\n", encoding="utf-8"
    )
    corpus = corpora.load(tmp_path)
    found = [any(tellers(unit, query(question), Names.of(corpus))) for unit in units(corpus)]
    assert found == able


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("When did the members outside Nacre meet?", True),
        ("Quand les membres hors de Nacre se sont-ils réunis ?", True),
        ("When did the members in Nacre meet?", False),
    ],
)
def test_a_name_that_is_left_out_says_not_what_a_question_is_about(tmp_path, question, told):
    (tmp_path / "two.md").write_text(
        "# Yearbook\n\n## Abroad\n\nMembers from elsewhere met in June.\n\n## Nacre\n\nThe town of Nacre is small.\n",
        encoding="utf-8",
    )
    corpus = corpora.load(tmp_path)
    assert any(tellers(units(corpus)[0], query(question), Names.of(corpus))) is told


@pytest.fixture
def guide(tmp_path) -> Unit:
    (tmp_path / "guide.md").write_text(
        "# Guide\n\n## Asked\n\n**Can we stay longer?** Yes, once, for two months.\n\n"
        "**Is there a fee?** **Or a deposit?** No.\n\nAny questions?\n",
        encoding="utf-8",
    )
    return units(corpora.load(tmp_path))[0]


@pytest.mark.parametrize(
    ("asked", "told"),
    [("**Can we", "Yes, once"), ("**Is there", "No."), ("Yes, once", "Yes, once"), ("Any questions", "Any questions")],
)
def test_a_question_is_answered_by_what_comes_after_it(guide, asked, told):
    assert answering(guide, sentence(guide, asked)) == sentence(guide, told)


def test_of_a_question_and_its_answer_the_answer_is_chosen(guide, monkeypatch):
    place = guide.sentences.index(sentence(guide, "**Can we"))

    chances = [0.0 if at == place else -4.0 for at in range(len(guide.sentences))]
    monkeypatch.setattr(reader, "chances", lambda _attention: chances)

    class Reader:
        def inside(self, _prompt, _asking, _parts):
            return Inside(np.zeros(1536, np.float32), np.zeros((28, 12, len(chances)), np.float32), 127)

    best = reader.judge(Reader(), guide, query("Can a firm stay longer?")).ranking[0][1]
    assert best == sentence(guide, "Yes, once")


def test_a_yes_is_not_taken_from_another_item(tmp_path):
    (tmp_path / "items.md").write_text(
        "# Yearbook\n\n## Events\n\n- The firm went to Nacre-Expo, held in Leipzig.\n"
        "- A member of Lumen since 2019, the firm joined its Summit in Turku.\n",
        encoding="utf-8",
    )
    corpus = corpora.load(tmp_path)
    unit = units(corpus)[0]
    check = Check("Yes, the Lumen Summit was held in Leipzig.", unit.sentences)
    asked = query("Was the Lumen Summit held in Leipzig?")
    assert not joined_well(check, asked, unit, Names.of(corpus)).passed
    there = Check("Yes, the Lumen Summit was held in Turku.", unit.sentences[1:])
    assert joined_well(there, query("Was the Lumen Summit held in Turku?"), unit, Names.of(corpus)).passed


ABROAD = """# Fairs 2031

In May we were at SeaTech in Turin, Italy. In June we were at Agrinext in Turku, Finland. Both were well attended.
"""


def test_of_the_country_asked_about_no_other_is_told(tmp_path):
    (tmp_path / "fairs.md").write_text(ABROAD, encoding="utf-8")
    fairs = units(corpora.load(tmp_path))[0]
    ranking = tuple((-0.1 * rank, each) for rank, each in enumerate(fairs.sentences))

    def left(question: str) -> list[str]:
        return [s.text.split()[1] for _, s in to_the_point(fairs, Query(question, question, "en"), ranking)]

    assert left("Which fairs did you go to in Finland?") == ["June", "were"]
    assert left("À quels salons étiez-vous en Finlande ?") == ["June", "were"]
    assert left("Was SeaTech in Finland?") == ["May", "June", "were"]
    assert left("Which fairs did you go to in Spain?") == ["May", "June", "were"]
    assert left("Which fairs did you go to outside Finland?") == ["May", "June", "were"]
    assert left("Which fairs did you go to?") == ["May", "June", "were"]


@pytest.mark.parametrize(
    ("question", "language", "lead"),
    [
        ("Was Lumen signed in March?", "en", "No, the report says otherwise: “"),
        ("Lumen a-t-il été signé en mars ?", "fr", "Non, le rapport dit autre chose, en anglais : « "),
        ("Why was Lumen signed in March?", "en", "The report says otherwise: “"),
    ],
)
def test_what_a_yes_or_no_question_has_wrong_is_denied(unit, question, language, lead):
    told = otherwise(Query(question, question, language), sentence(unit, "It was signed"), unit)
    assert told.corrects
    assert told.sentence.replace("\u00a0", " ").replace("\u202f", " ").startswith(lead)


def test_what_there_was_in_a_month_takes_nothing_for_granted(unit):
    def wrong(question: str) -> bool:
        return contradicts(Query(question, question, "en"), "Lumen opened to Quarz in May.", unit)

    assert wrong("When in June did Quarz open?")
    assert not wrong("What happened to Quarz in June?")
