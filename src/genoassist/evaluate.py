"""Scorecards: a question set and the JSON answers to it -> what was right, with 95 % intervals.

Works on the JSON answers of the contract, so that any engine that speaks it can be scored.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import fmean, median
from typing import Any, Literal

from genoassist.evaluate_set import Question, Sections, load_questions, pattern, plain
from genoassist.types import CITATION_MARK, Language

__all__ = ["Group", "Question", "Rate", "Score", "Scorecard", "load_questions", "run", "score", "wilson"]

# right, declined: as it should be; wrong: a fact is missing or a forbidden one stands; refused: though answerable;
# invented: answered where a refusal was due
Outcome = Literal["right", "wrong", "refused", "declined", "invented"]
TIMINGS = ("evidence", "first_token", "total")

_QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"\n]*\"|^\s*>.*$", re.MULTILINE)
_WORD = re.compile(r"\w+(?:['’.,*-]\w+)*")
_SURE = 0.8  # a guess less sure than this says nothing about a short text
_ENOUGH = 3  # words below which a language cannot be told


# ---------------------------------------------------------------- one answer


@dataclass(frozen=True, slots=True)
class Score:
    """One question and its answer, judged; None where nothing can be judged (no sections named, no corpus given)."""

    question: Question
    answer: Mapping[str, Any]
    outcome: Outcome
    missing: tuple[tuple[str, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    language_right: bool = True
    precision: float | None = None
    recall: float | None = None
    verbatim: bool | None = None
    words: int = 0

    @property
    def right(self) -> bool:
        """True for right facts and for a refusal where one was due."""
        return self.outcome in ("right", "declined")

    @property
    def short_enough(self) -> bool | None:
        """Whether the answer keeps to ``max_words``; None for a refusal and where no limit is set."""
        limit = self.question.max_words
        return None if limit is None or self.answer.get("kind") != "answer" else self.words <= limit


def score(question: Question, answer: Mapping[str, Any], corpus: Path | None = None) -> Score:
    """The judgement of one JSON answer; with the corpus folder, whether each of its citations is verbatim too."""
    text = str(answer.get("answer") or "")
    said = CITATION_MARK.sub(" ", text)
    answered = answer.get("kind") == "answer"
    folded = plain(re.sub(r"\\|\*\*", "", said))
    missing = tuple(fact for fact in question.facts if not any(pattern(one).search(folded) for one in fact))
    forbidden = tuple(one for one in question.forbidden if pattern(one).search(folded))
    outcome: Outcome
    if question.answerable:
        outcome = "refused" if not answered else "wrong" if missing or forbidden else "right"
    else:
        outcome = "invented" if answered else "declined"
    citations = list(answer.get("citations") or ())
    expected = question.expected_language
    judged = question.sections if answered and question.answerable else None
    precision, recall = _sections(judged, citations) if judged else (None, None)
    return Score(
        question=question,
        answer=answer,
        outcome=outcome,
        missing=missing if answered else (),
        forbidden=forbidden if answered else (),
        language_right=answer.get("language") == expected == _language(text, expected),
        precision=precision,
        recall=recall,
        verbatim=_all_verbatim(citations, corpus) if corpus and answered else None,
        words=len(_WORD.findall(said)),
    )


def _sections(wanted: Sections, citations: Sequence[Mapping[str, Any]]) -> tuple[float, float]:
    """Share of the citations that point to an accepted section, share of the required sections that are cited."""
    named = ("section_id", "section", "section_fr")
    cited = [[plain(str(citation.get(key) or "")).lower() for key in named] for citation in citations]

    def points_to(names: Sequence[str], section: str) -> bool:
        return any(plain(section).lower() in name for name in names)

    apt = [any(points_to(names, section) for section in wanted.accepted) for names in cited]
    met = [any(points_to(names, section) for names in cited) for section in wanted.all]
    if wanted.any:
        met.append(any(points_to(names, section) for names in cited for section in wanted.any))
    return (fmean(apt) if apt else 0.0), (fmean(met) if met else 1.0)


def _all_verbatim(citations: Sequence[Mapping[str, Any]], corpus: Path) -> bool:
    """True when there are citations and each is verbatim: an answer that cites nothing keeps no promise."""
    return bool(citations) and all(_is_verbatim(citation, corpus) for citation in citations)


def _is_verbatim(citation: Mapping[str, Any], corpus: Path) -> bool:
    text = _source(corpus.resolve(), str(citation.get("path")))
    start, end, quote = citation.get("start"), citation.get("end"), citation.get("quote")
    if not quote or not isinstance(start, int) or not isinstance(end, int) or start < 0:
        return False
    return text[start:end] == str(quote)


def _source(corpus: Path, path: str) -> str:
    """The decoded text of a corpus file, empty when it lies elsewhere or cannot be read."""
    file = (corpus / path).resolve()
    try:
        return file.read_text(encoding="utf-8") if file.is_relative_to(corpus) else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _language(text: str, expected: Language) -> Language:
    """The language of the text outside its quotes; ``expected`` when too few words are left to tell."""
    words = _WORD.findall(CITATION_MARK.sub(" ", _QUOTED.sub(" ", text)))
    # names keep their language in both, and lists of them would decide the guess
    common = [word.lower() for at, word in enumerate(words) if at == 0 or word[:1].islower()]
    if len(common) < _ENOUGH:
        return expected
    guesses = _detector().compute_language_confidence_values(" ".join(common))
    best: Language = "fr" if guesses[0].language.iso_code_639_1.name == "FR" else "en"
    return best if guesses[0].value >= _SURE else expected


@cache
def _detector() -> Any:
    from lingua import Language as Tongue
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Tongue.ENGLISH, Tongue.FRENCH).build()


# ---------------------------------------------------------------- all answers


def wilson(hits: int, of: int, z: float = 1.959964) -> tuple[float, float]:
    """The Wilson score interval of a proportion, 95 % by default; (0, 1) when nothing was counted.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), p. 209-212.
    """
    if of == 0:
        return 0.0, 1.0
    share = hits / of
    centre = share + z * z / (2 * of)
    half = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that at least ``share`` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True, slots=True)
class Rate:
    """``hits`` out of ``of``."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None when nothing was counted."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % Wilson interval of the share."""
        return wilson(self.hits, self.of)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some scores: rates, means over answers (precision, recall), seconds as timing -> (p50, p95)."""

    questions: int
    right: Rate
    declined: Rate
    refused: Rate
    language: Rate
    verbatim: Rate
    short_enough: Rate
    precision: float | None
    recall: float | None
    single_words: float | None
    seconds: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Every score, in the order of the set, and their figures."""

    scores: tuple[Score, ...]

    @property
    def overall(self) -> Group:
        """The figures of the whole set."""
        return _group(self.scores)

    @property
    def by_kind(self) -> dict[str, Group]:
        """The figures of each kind of question, in order of first appearance."""
        return self._by(lambda one: one.question.kind)

    @property
    def by_language(self) -> dict[str, Group]:
        """The figures of each language of the questions."""
        return self._by(lambda one: one.question.language)

    @property
    def wrong(self) -> tuple[Score, ...]:
        """What needs reading: not right, in the wrong language, or with a citation that is not verbatim."""
        return tuple(one for one in self.scores if not one.right or not one.language_right or one.verbatim is False)

    def _by(self, name: Callable[[Score], str]) -> dict[str, Group]:
        names = dict.fromkeys(name(one) for one in self.scores)
        return {each: _group([one for one in self.scores if name(one) == each]) for each in names}


def run(
    questions: Sequence[Question],
    ask: Callable[[Question], Mapping[str, Any]],
    on_progress: Callable[[int, int], None] | None = None,
    corpus: Path | None = None,
) -> Scorecard:
    """The scorecard of ``ask`` (question -> JSON answer) over the questions; ``on_progress`` gets (done, total)."""
    scores = []
    for done, question in enumerate(questions, 1):
        scores.append(score(question, ask(question), corpus))
        if on_progress:
            on_progress(done, len(questions))
    return Scorecard(tuple(scores))


def _group(scores: Sequence[Score]) -> Group:
    answerable = [one for one in scores if one.question.answerable]
    single = [one.words for one in answerable if one.question.kind == "single" and one.answer.get("kind") == "answer"]
    seconds = {}
    for name in TIMINGS:
        taken = [(one.answer.get("seconds") or {}).get(name) for one in scores]
        if values := [value for value in taken if value is not None]:
            seconds[name] = (percentile(values, 0.5), percentile(values, 0.95))
    return Group(
        questions=len(scores),
        right=_rate([one.outcome == "right" for one in answerable]),
        declined=_rate([one.outcome == "declined" for one in scores if not one.question.answerable]),
        refused=_rate([one.outcome == "refused" for one in answerable]),
        language=_rate([one.language_right for one in scores]),
        verbatim=_rate([one.verbatim for one in scores]),
        short_enough=_rate([one.short_enough for one in scores]),
        precision=_mean([one.precision for one in scores]),
        recall=_mean([one.recall for one in scores]),
        single_words=median(single) if single else None,
        seconds=seconds,
    )


def _rate(judged: Sequence[bool | None]) -> Rate:
    counted = [one for one in judged if one is not None]
    return Rate(sum(counted), len(counted))


def _mean(values: Sequence[float | None]) -> float | None:
    counted = [one for one in values if one is not None]
    return fmean(counted) if counted else None
