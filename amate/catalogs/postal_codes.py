"""Finding a postal code by its municipality, its city or its colonia."""

from datetime import date
from typing import NamedTuple

from amate.catalogs.search import plain_text, search_keys

SHOWN = 4


class PostalCode(NamedTuple):
    """`colonias`: the first of them, those that were asked for before the rest; `more`: how many others it has."""

    cp: str
    place: str
    colonias: tuple[str, ...]
    more: int


def search_postal_codes(*, typed: str, day: date, limit: int = 20) -> list[PostalCode]:
    """Those that are alive on that day, for what a person typed: how the number begins, or words of the address."""
    asked = plain_text(typed).split()
    found = search_keys(catalog="codigo_postal", typed=typed, day=day, limit=limit)
    return [_told(cp, text, asked) for cp, text in found]


def _told(cp: str, text: str, asked: list[str]) -> PostalCode:
    place, *colonias = text.split("\n")
    colonias.sort(key=lambda one: -_heard(one, asked))  # stable: otherwise as they are kept
    return PostalCode(cp, place, tuple(colonias[:SHOWN]), max(len(colonias) - SHOWN, 0))


def _heard(colonia: str, asked: list[str]) -> int:
    words = plain_text(colonia).split()
    return sum(any(word.startswith(part) for word in words) for part in asked)
