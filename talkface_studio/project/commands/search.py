"""Finding a command by a few letters of its title."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_START = 8
"""Points for a letter that begins a word."""
_NEXT = 5
"""Points for a letter that follows the one before it."""
_GAP = 0.1
"""Points lost for every letter passed over."""


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """Something to find: `title` as it is shown, `also` under what else it is known, such as its English title."""

    id: str
    title: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A hit; `positions` are the letters of the title that matched, to be shown bold."""

    id: str
    score: float
    positions: tuple[int, ...]


def search(query: str, entries: Iterable[SearchEntry], *, recent: Sequence[str] = ()) -> tuple[Found, ...]:
    """The entries that have the letters of every word of the query in order, the best first.

    Beginnings of words and letters in a row count most; accents and case do not matter, nor the order of the words.
    Among equals, what is in `recent` comes first, then the order of the entries.
    """
    words = _folded(query).split()
    found = (hit for entry in entries if (hit := _match(words, entry)) is not None)
    rank = {name: number for number, name in enumerate(recent)}
    return tuple(sorted(found, key=lambda hit: (-hit.score, rank.get(hit.id, len(rank)))))


def _match(words: list[str], entry: SearchEntry) -> Found | None:
    title = _match_text(words, entry.title)
    if title is not None:
        return Found(entry.id, *title)
    # What is not shown cannot be bold, and is a weaker reason.
    others = [hit[0] / 2 for text in entry.also if (hit := _match_text(words, text)) is not None]
    return Found(entry.id, max(others), ()) if others else None


def _match_text(words: list[str], text: str) -> tuple[float, tuple[int, ...]] | None:
    folded = _folded(text)
    score, positions = 0.0, set[int]()
    for word in words:
        best = _best_way(word, folded)
        if best is None:
            return None
        score += best[0]
        positions.update(best[1])
    return score, tuple(sorted(positions))


def _best_way(word: str, text: str) -> tuple[float, tuple[int, ...]] | None:
    """The way of highest score to find the letters of the word in the text, in order."""
    # For each place of the last letter so far: the best score, and the places of all letters.
    ways: dict[int, tuple[float, tuple[int, ...]]] = {-1: (0.0, ())}
    for letter in word:
        ways = {
            place: max(
                (score + _points(place, before, text), (*places, place))
                for before, (score, places) in ways.items()
                if before < place
            )
            for place in range(len(text))
            if text[place] == letter and min(ways) < place
        }
        if not ways:
            return None
    return max(ways.values())


def _points(place: int, before: int, text: str) -> float:
    begins = place == 0 or not text[place - 1].isalnum()
    follows = before >= 0 and place == before + 1
    return 1 + _START * begins + _NEXT * follows - _GAP * (place - before - 1)


def _folded(text: str) -> str:
    """The text without case and accents, letter for letter."""
    return "".join(_fold(letter) for letter in text)


def _fold(letter: str) -> str:
    # The stroke of the Vietnamese d is no accent that could be taken off.
    plain = unicodedata.normalize("NFD", letter.casefold().replace("đ", "d"))
    return plain[:1] or letter
