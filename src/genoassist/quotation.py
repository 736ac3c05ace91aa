"""Quotation: corpus sentences, verbatim, under a short lead in the reader's language; and what is told of a month, quoted whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from genoassist.asked import asks_one_fact, asks_yes_or_no
from genoassist.atoms import Atoms, atoms, missing, only_dates
from genoassist.language import written_in
from genoassist.messages import say
from genoassist.numbers import YEAR
from genoassist.present import heading
from genoassist.types import Check, Language, Query, Sentence
from genoassist.units import Unit, headed, headings
from genoassist.words import content_words

# Sentences quoted at most where nothing but a month is asked about.
MOST_TOLD = 8
# Words of a question about a month that ask of nothing in particular.
_HAPPENING = frozenset(
    (
        "happen happened take took taken place go went going event events passe passer lieu eu evenement evenements produit quoi "
        "give rundown overview summary recap roundup account things donne donner donnez bilan recapitulatif resume apercu choses"
    ).split()
)

# The leads of what a question has wrong.
_CORRECTS = ("otherwise", "denies")


def quotation(*sentences: Sentence, reader: Language, source: Language, lead: str = "states", under: str = "") -> Check:
    """Corpus sentences, verbatim but for a final stop and a stray quotation mark; they support themselves."""
    between = " / " if all("|" in s.text for s in sentences) else " "  # the rows of a table are lines
    text = re.sub(r"[ \t\r\n]+", " ", between.join(s.text for s in sentences))
    text = text if text.endswith("etc.") else text.removesuffix(".")
    for opening, closing in ('""', "“”", "«»"):
        if text.count(opening) + text.count(closing) * (opening != closing) == 1:
            text = text.strip(f"{opening}{closing} \u00a0\u202f")
    key = f"{lead}_other" if lead in ("states", *_CORRECTS) and reader != source else lead
    return Check(say(f"answer.{key}", reader, text=text, heading=under), sentences, corrects=lead in _CORRECTS)


def _language(whole: Sequence[Sentence], unit: Unit) -> Language:
    return written_in(" ".join(sentence.text for sentence in whole), unit.document.language)


def joined(quotes: Iterable[tuple[Sentence, ...]]) -> tuple[tuple[Sentence, ...], ...]:
    """The quotations, the rows of one table together under its header, in its order."""
    found: dict[Sentence, tuple[Sentence, ...]] = {}
    for whole in quotes:
        found[whole[0]] = tuple(sorted({*found.get(whole[0], ()), *whole}, key=lambda s: s.start))
    return tuple(found.values())


def quoted(query: Query, quotes: Iterable[tuple[Sentence, ...]], home: Mapping[str, Unit], at: Unit) -> Iterator[Check]:
    """The quotations, each sentence once, those of other sections than that of ``at`` under their headings."""
    seen: set[Sentence] = set()
    for whole in quotes:
        if not seen.issuperset(whole):
            unit = home[whole[0].id]
            elsewhere = unit.section is not at.section
            yield quotation(
                *whole,
                reader=query.language,
                source=_language(whole, unit),
                lead="elsewhere" if elsewhere else "adds" if seen else "states",
                under=heading(unit.section, query.language),
            )
            seen.update(whole)


def stated(query: Query, sentence: Sentence, unit: Unit, lead: str = "states") -> Check:
    """A sentence of a unit, quoted by itself; a row of a table under its header."""
    there = headed(unit, sentence)
    return quotation(*there, reader=query.language, source=_language(there, unit), lead=lead)


def otherwise(query: Query, sentence: Sentence, unit: Unit) -> Check:
    """A sentence that has otherwise what the question states; where it asks whether that is so, under a no."""
    return stated(query, sentence, unit, lead="denies" if asks_yes_or_no(query.text) else "otherwise")


def account(query: Query, every: Sequence[Unit]) -> Iterator[Check]:
    """What a corpus tells of a month or a day, quoted, for a question that asks of nothing else ("What happened in June 2022?")."""
    asked = atoms(query.text)
    days = frozenset(number for number in asked.numbers if only_dates(number, query.text))
    if not asked.months or asked.names:
        return
    words = [w for w in content_words(query.text) if not w.isdigit() and w not in _HAPPENING]
    about = [w for w in words if not atoms(f"in {w.title()}").months]
    if len(about) > 1 or asks_one_fact(query.text) or asks_yes_or_no(query.text):
        return
    years = set(YEAR.findall(query.text))
    told = [
        (sentence, unit)
        for unit in every
        for sentence in unit.sentences
        if not missing(Atoms(days, asked.months), sentence.text) and (not years or years & _years_of(sentence, unit))
    ][:MOST_TOLD]
    if told:
        home = {sentence.id: unit for sentence, unit in told}
        yield from quoted(query, [(sentence,) for sentence, _ in told], home, told[0][1])


def _years_of(sentence: Sentence, unit: Unit) -> set[str]:
    """The years that a sentence names, else those of its headings, else its document's."""
    own = set(YEAR.findall(sentence.text)) or set(YEAR.findall(headings(unit.section)))
    return own or {str(unit.document.year)}
