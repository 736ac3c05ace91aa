"""Corpus -> Names: the proper names in it, found in any text, and put right where they are misspelt."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA, Prefix

from genoassist.atoms import atoms
from genoassist.places import places
from genoassist.spelling import corrected, made_of_words, ordinary
from genoassist.types import Corpus
from genoassist.words import WORD, any_stop_words, fold, stems

# What an English word becomes in French, and the other way round: "européens" is no slip for "European".
_ENDINGS = frozenset(
    (
        "s e es y ie ies te tes an ans en ens ene enne ennes ain ains aine ien iens ienne iennes al el els elle elles ale "
        "ales aux ic ique iques or ors eur eurs ion ions ing ed er ers ly ment ive if ifs ives ous eux euse ence ency ance "
        "ancy ces ia is ais aise ois oise ish ese a o n ine"
    ).split()
) | {""}

# A shorter word with a letter changed is often another one.
LONG = 8
# What a question begins with, where a slip of a letter hides what is asked for.
_ASKING = "what when where which whose combien comment pourquoi quand quel quelle quelles quels".split()


@dataclass(frozen=True, slots=True)
class Names:
    """The proper names of a corpus, folded: how they are written, and which of them say what a question is about.

    ``topical`` are those of at most 40 % of the sections that do not stand over most of the documents either: a report of Genopole's
    is about "Genopole" where it says "the cluster" too. ``words`` are all its words, ``both`` the names that are plain words in
    lower case: the SKIPPER project has no skipper.
    """

    written: dict[str, str]
    topical: frozenset[str]
    words: frozenset[str]
    both: frozenset[str] = frozenset()

    @classmethod
    def of(cls, corpus: Corpus) -> Names:
        """The names that stand in the sections' headings and sentences."""
        written: dict[str, str] = {}
        spread: Counter[str] = Counter()
        lower: set[str] = set()
        words: set[str] = set()
        acronyms: set[str] = set()
        count = 0
        for document in corpus.documents:
            for section in document.sections:
                count += 1
                texts = [section.heading, section.heading_fr or "", *(s.text for s in section.sentences)]
                found = dict.fromkeys(name for text in texts for name in atoms(text).names)
                for name in found:
                    written.setdefault(fold(name), name)
                spread.update({fold(name) for name in found})
                for text in texts:
                    if not text.isupper():  # as "ADA BRANDT, DIRECTOR" is
                        acronyms.update(fold(name) for name in atoms(text).names if len(name) > 3 and name.isupper())
                    words.update(fold(m.group()) for m in WORD.finditer(text))
                    lower.update(m.group() for m in WORD.finditer(text) if m.group().islower())
        plain = {form for word in map(fold, lower) for form in (word, word.rstrip("sx"))}
        both = {key for key in written if plain.intersection((key, key.rstrip("sx")))}
        named = {key: name for key, name in written.items() if key not in both or key in acronyms}
        common = max(2, int(0.4 * count))
        over = Counter(word for d in corpus.documents for word in {fold(m.group()) for m in WORD.finditer(d.front)})
        topical = (key for key in named if spread[key] <= common and over[key] <= len(corpus.documents) / 2)
        return cls(named, frozenset(topical), frozenset(words), frozenset(both))

    def mended(self, text: str) -> str:
        """The text with misspelt names put right: a word the corpus does not have that is within a letter or two of a name.

        And an asking word within a letter, an acronym of four letters with two exchanged, and a word that a slip keeps from
        being one of a dictionary. Not a word of a dictionary: "stake" is no slip for the "State" of a title.
        """

        def mend(match: re.Match[str]) -> str:
            word = match.group()
            key = fold(word)
            if len(key) < 4 or key in self.words or key in any_stop_words() or key in places():
                return word
            asking = [asked for asked in _ASKING if OSA.distance(key, asked) == 1]
            first = not text[: match.start()].strip()
            if len(asking) == 1 and (first or (len(key) > 5 and word.islower())) and not ordinary(word):
                return asking[0].title() if word[0].isupper() else asking[0]
            if len(key) == 4 and word.isupper():
                exchanged = [
                    name for name in self.written if sorted(name) == sorted(key) and OSA.distance(key, name) == 1
                ]
                return self.written[exchanged[0]] if len(exchanged) == 1 else word
            slips = 1 if len(key) < 9 else 2
            near = process.extractOne(key, self.written.keys(), scorer=OSA.distance, score_cutoff=slips)
            if near is None or len(key) < 5 or len(near[0]) < 5 or _same_word(key, near[0]) or ordinary(word):
                elided = text[match.end() : match.end() + 1] in ("'", "’")  # "didn't" is one word
                return word if elided else self._corrected(word, key)
            return self.written[near[0]]

        return WORD.sub(mend, text)

    def _corrected(self, word: str, key: str) -> str:
        """A word put right by a dictionary, else by the corpus's own words, which are more: "biofondry"."""
        meant = corrected(word, self.words)
        if meant != word or len(key) < LONG or made_of_words(word):
            return meant
        near = process.extractOne(key, sorted(self.words), scorer=OSA.distance, score_cutoff=1)
        return near[0] if near and near[0][0] == key[0] and not _same_word(key, near[0]) else word

    def found(self, text: str) -> list[str]:
        """The topical names in a text, once each, in order; those in lower case as the corpus writes them."""
        return list({fold(name): name for _, _, name in reversed(self.spans(text))}.values())[::-1]

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """Where the topical names stand in a text, whole: "Bio-Europe", "EIT Health Summit"; start, end, name."""
        tokens = list(WORD.finditer(text))
        keys = [fold(m.group()) for m in tokens]
        runs: list[list[int]] = []
        for i, token in enumerate(tokens):
            plain = token.group().islower() and (keys[i] in self.both or len(keys[i]) < 3)  # « eu » is not the EU
            known = keys[i] in self.written and not plain
            if not (known or (i and _capital(token.group(), keys[i]))):
                continue
            if runs and runs[-1][-1] == i - 1 and text[tokens[i - 1].end() : token.start()] in (" ", "-"):
                runs[-1].append(i)
            else:
                runs.append([i])
        found = []
        for run in runs:
            if not any(keys[i] in self.topical for i in run):
                continue
            pieces: list[str] = []
            for i in run:
                if pieces:
                    pieces.append(text[tokens[i - 1].end() : tokens[i].start()])
                pieces.append(self._spelled(tokens[i].group(), keys[i]))
            found.append((tokens[run[0]].start(), tokens[run[-1]].end(), "".join(pieces)))
        return found

    def _spelled(self, word: str, key: str) -> str:
        return self.written.get(key, word) if word.islower() else word


def _capital(word: str, key: str) -> bool:
    return word[0].isupper() and key not in any_stop_words()


def _same_word(one: str, other: str) -> bool:
    """True for two forms of one word, or its forms in the two languages: they have a stem in common, or only endings differ."""
    if set(stems(one)) & set(stems(other)):
        return True
    shared = Prefix.similarity(one, other)
    return shared >= 4 and one[shared:] in _ENDINGS and other[shared:] in _ENDINGS
