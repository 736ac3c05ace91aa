"""Text to the ids of its SentencePiece pieces: the likeliest segmentation of each word (Viterbi), as XLM-R does it.

The tokenizers library does the same, but its trie of these 250,000 pieces takes 270 MB and half a second at each start;
a dict takes 40 MB and a tenth of that, and a passage a fraction of a millisecond (benchmarks/embedding_parity.py).
"""

from __future__ import annotations

import re
from functools import lru_cache

from genoassist.e5 import Pieces

SPACE = "▁"  # stands for a space, and begins a word
_WORD = re.compile(f"{SPACE}[^{SPACE}]*")
_UNKNOWN_PENALTY = 10.0  # sentencepiece's kUnkPenalty
_WORDS_KEPT = 1 << 14


class Unigram:
    """The tokenizer of some pieces, cutting after ``longest`` ids; may be called from several threads."""

    def __init__(self, pieces: Pieces, longest: int) -> None:
        self._ids = dict(zip(pieces.texts, range(len(pieces.texts)), strict=True))
        for control in (pieces.begin, pieces.end, pieces.pad, pieces.unknown):
            self._ids.pop(pieces.texts[control], None)  # "</s>" in a text is four characters, not an end
        self._pieces = pieces
        self._longest_piece = max(map(len, self._ids), default=1)
        self._unknown_score = min(pieces.scores) - _UNKNOWN_PENALTY
        self._longest = longest
        self._word = lru_cache(maxsize=_WORDS_KEPT)(self._segmented)

    def encode(self, text: str) -> list[int]:
        """The ids of a text, between those that begin and end it."""
        spaced = self._pieces.normalizer.normalize_str(text).replace(" ", SPACE)
        if spaced and not spaced.startswith(SPACE):
            spaced = SPACE + spaced
        ids = [i for word in _WORD.findall(spaced) for i in self._word(word)]
        return [self._pieces.begin, *ids[: self._longest - 2], self._pieces.end]

    def _segmented(self, word: str) -> tuple[int, ...]:
        """The ids of the pieces of greatest total score; what no piece covers is unknown, neighbours taken together."""
        ids, scores, unknown = self._ids, self._pieces.scores, self._pieces.unknown
        best = [0.0] + [float("-inf")] * len(word)
        came: list[tuple[int, int]] = [(0, unknown)] * (len(word) + 1)  # (where the last piece begins, its id)
        for start in range(len(word)):
            so_far = best[start]
            if word[start] not in ids and so_far + self._unknown_score > best[start + 1]:
                best[start + 1], came[start + 1] = so_far + self._unknown_score, (start, unknown)
            for end in range(start + 1, min(start + self._longest_piece, len(word)) + 1):
                found = ids.get(word[start:end])
                if found is not None and so_far + scores[found] > best[end]:
                    best[end], came[end] = so_far + scores[found], (start, found)
        found_ids: list[int] = []
        end = len(word)
        while end:
            end, piece = came[end]
            if not (piece == unknown and found_ids and found_ids[-1] == unknown):
                found_ids.append(piece)
        return tuple(reversed(found_ids))
