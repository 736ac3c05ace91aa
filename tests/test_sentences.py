from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genoassist.sentences import split

ENGLISH = [
    ["He met A*Star (Agency for Science, Technology and Research), SG Innovate, etc.) today.", "It was fine."],
    ["The mission met actors (A*Star (Agency for Science), SG Innovate, etc.) and a visit.", "It ended."],
    ["The GEN.ERA project ended.", "Bio-Europe was held in Leipzig."],
    ["Investors (Taiho, Astellas Ventures, Theodorus, etc.) and 8 companies met."],
    ["They met investors, startups, etc.", "The event was a success."],
    ["They met investors, etc. and left.", "Done."],
    ["Dr. X spoke to Mr. Smith and Mrs. Jones.", "They left."],
    ["The founder, Mr. Smith (cf. p. 3), came.", "OK."],
    ["See cf. p. 3 and art. 5 of the law.", "It is clear."],
    ["Some tools, e.g. CRISPR, i.e. scissors, work.", "Others don't."],
    ["We used No. 5 of approx. 10 samples.", "Acme Inc. and Foo Corp. paid 3.5 M€."],
    ["It bought Genopole Inc.", "The company was founded in 1998."],
    ["It bought Acme Inc. Europe for 3 M€.", "Fine."],
    ["J. Smith and P. K. Dick came on 14 June.", "They stayed."],
    ["By J. Le Goff and P.-A. Martin.", "Then nothing."],
    ["Vitamin C.", "The rest is fine."],
    ["The U.S. Government agreed.", "They live in the U.S.", "He left."],
    ["Ph.D. students came.", "It ended at 5 p.m.", "The next day was quiet."],
    ["He came in Oct. 2022 and on 14 June.", "In 2022.", "Then left."],
    ["The rate was 3.5 in 2022.", "3,000 people came."],
    ["It cost $3.5 million vs. €3 million.", "Fig. 3 shows it.", "See Sec. IV for more."],
    ["“We are happy.", "It works well.", "Come back soon.”", "He left."],
    ["He said: “It works very well for all of us here.", "We will come back next year.”", "Then he left."],
    ["“It works,” said Ann.", "“We will be back.”"],
    ['"Stop here." said Ann.', "Then she left."],
    ['He said "Stop. Now." and left.', "Then nothing."],
    ["The question “Who are we?” was asked.", "End."],
    ['"It is big.', 'It is a decisive subject for health research projects."', "ALEXIS BITON, OFFICER"],
    ["Really?!", "Yes…", "He left."],
    ["Wait… he said.", "Then...", "We saw it."],
    ["... Then he left.", "He returned."],
    ["The goals: (1) identify actors. (2) create a network, and (3) give visibility.", "Done."],
    ["1. First point here.", "2. Second point here."],
    ["See https://www.example.org/a.b?c=d.", "Then write to a.b@c.org.", "Thanks."],
    ["It works at EndoGene.Bio.", "With it, he grows."],
    ["It grew (see p. 4. And more.) in 2022.", "Then it fell."],
    ["It grew.", "(It fell later. And later.)", "Then it rose."],
    ["It grew.", "[…] Then it fell."],
    ["It rose [1].", "It fell. [2]", "It rose.[3]", "End."],
    ["**It grew.**", "*Then* it fell.", "_So what?_", "Nothing."],
    ["The iPhone sold.", "eHealth grew.", "mRNA too."],
    ["The line\nwraps here.", "And\nthere."],
    ["The text (unclosed was left.", "It goes on."],
    ["It rose. 🎉"],
]
FRENCH = [
    ["M. Dupont et Mme Martin ont parlé.", "Mme. Durand aussi."],
    ["M. Le Goff est là.", "La suite aussi."],
    ["Mme É. Dupont et le Pr Martin.", "Et la Pr. Durand."],
    ["J.-P. Dupont et M. J. Martin sont là.", "À bientôt."],
    ["Voir cf. p. 3, art. 5, p. ex. le n° 5.", "C’est clair."],
    ["Le no. 5 et le n° 6.", "Les nos 7 et 8."],
    ["Le marché (env. 3 M€, cf. art. 5 al. 2) croît.", "C'est dit."],
    ["C.-à-d. que tout va.", "Ou pas."],
    ["Le 3 oct. 2022, le Dr. Martin est venu.", "Le 1er juillet aussi."],
    ["Rendez-vous le 1er juillet.", "Écrivez à info@example.fr.", "Voir https://example.fr/a."],
    ["Il a dit : «\u00a0Nous sommes heureux.\u00a0»", "Puis il est parti."],
    ["« Nous sommes heureux.", "Cela marche.", "Revenez ! »"],
    ["Il dit « Stop. Fin. » puis part.", "Fin."],
    ["« Bravo ! » s’est écrié M. Martin.", "« Merci. »", "Il part."],
    ["Est-ce vrai\u202f?", "Oui\u202f!", "Très bien…", "Il part."],
    ["Le taux est de 3,5 %.", "Il était de 3.5 % avant."],
    ["Des start-up, des PME, etc.", "L’événement fut un succès."],
    ["Les acteurs (Merck, etc.) sont venus.", "École ouverte."],
    ["Rendez-vous au bd. Voltaire, env. 10 km.", "Fin."],
]


@pytest.mark.parametrize("sentences", ENGLISH, ids=" ".join)
def test_english(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in split(text, "en")] == sentences


@pytest.mark.parametrize("sentences", FRENCH, ids=" ".join)
def test_french(sentences: list[str]) -> None:
    text = " ".join(sentences)
    assert [text[start:end] for start, end in split(text, "fr")] == sentences


def test_a_blank_line_ends_a_sentence_and_a_line_end_does_not() -> None:
    text = "  No stop here\n \nand a new\nblock. Fin "
    assert [text[start:end] for start, end in split(text, "en")] == ["No stop here", "and a new\nblock.", "Fin"]


@pytest.mark.parametrize("text", ["", " \n ", "\u00a0"])
def test_nothing_holds_no_sentence(text: str) -> None:
    assert split(text, "fr") == []


PIECES = [
    "A",
    "b",
    "3",
    ".",
    "!",
    "…",
    "?",
    "(",
    ")",
    "«",
    "»",
    '"',
    "“",
    "”",
    "[1]",
    "etc.",
    "Dr.",
    "U.S.",
    " ",
    "\n",
    "\u00a0",
    "é",
    "*",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60), st.sampled_from(["en", "fr"])
)
@settings(deadline=None, max_examples=400)
def test_spans_are_ordered_stripped_and_hold_every_character(text: str, language: str) -> None:
    spans = split(text, language)  # type: ignore[arg-type]
    kept = "".join(text[start:end] for start, end in spans)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert [end for _, end in spans] == sorted({end for _, end in spans})
    assert all(end <= following for (_, end), (following, _) in pairwise(spans))
