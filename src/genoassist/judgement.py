"""Does the corpus answer the question, as far as retrieval alone can tell? What the question names and what was found, weighed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from genoassist.atoms import Atoms, atoms, heads, missing
from genoassist.numbers import YEAR
from genoassist.scale import on_a_scale
from genoassist.types import Evidence, Query
from genoassist.units import Unit, hits_in
from genoassist.words import content_words, stems


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known about one unit without reading it."""

    unmet_names: float  # names of the question that the unit lacks, two at most
    unmet_numbers: float  # numbers, years and months that it lacks, two at most
    cosine: float  # of the nearest passage of the unit, e5's narrow range (0.80 to 0.90) stretched to -1…1
    coverage: float  # share of the question's words that the unit has


def unmet(query: Query, unit: Unit) -> tuple[str, ...]:
    """What the question names (names, numbers, months) that the unit, its headings and the front of its document do not have.

    A number that falls in a step of the unit's scale ("10 to 49 employees") is met.
    """
    names = atoms(query.text).names
    over = set(missing(Atoms(names=names), unit.document.front))
    lacking = (item for item in missing(atoms(query.text), unit.text) if item in over or item not in names)
    free = heads(query.text)
    return tuple(x for x in lacking if x not in free and (YEAR.fullmatch(x) or not on_a_scale(x, unit.text)))


def named_among(lacking: Sequence[str]) -> list[str]:
    """Those of what is ``unmet`` that say of what it must be told: names, months and years."""
    return [item for item in lacking if not item[0].isdigit() or item.endswith("/") or YEAR.fullmatch(item)]


def signals(query: Query, unit: Unit, evidence: Evidence) -> Signals:
    """The signals of a unit for a question."""
    lacking = unmet(query, unit)
    names = len([item for item in lacking if not item[0].isdigit()])
    cosine = max((hit.dense for hit in hits_in(evidence, unit) if hit.dense is not None), default=0.0)
    wanted = content_words(query.text)
    there = {s for word in content_words(unit.text) for s in stems(word)}
    coverage = sum(bool(set(stems(w)) & there) for w in wanted) / len(wanted) if wanted else 0.0
    return Signals(
        min(names, 2),
        min(len(lacking) - names, 2),
        (cosine - 0.85) * 20,
        coverage,
    )


def probability(found: Signals) -> float:
    """The probability that the unit answers the question."""
    weighed = (WEIGHTS[f.name] * v for f, v in zip(fields(found), astuple(found), strict=True))
    return 1.0 / (1.0 + math.exp(-(WEIGHTS["bias"] + sum(weighed))))


# Fitted on the report's development half; benchmarks/judgement.py fits them on both and says how well they do.
WEIGHTS = {"bias": -0.13, "cosine": 1.34, "coverage": 0.76, "unmet_names": -0.94, "unmet_numbers": -0.63}
