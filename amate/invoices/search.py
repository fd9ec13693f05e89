"""Finding invoices by what a person has at hand: each question is answered by an index (DECISIONS A3b)."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from amate.companies.models import Branch
from amate.invoices.draft import SUFFIXES
from amate.invoices.models import Invoice
from amate.invoices.queries import LAST, NUMBER, RFC_START

UUID_START = re.compile(r"[0-9a-f]{6,32}")
FEWEST = 3  # letters of an RFC's beginning


@dataclass(frozen=True, slots=True)
class Found:
    """Ids, the likeliest first. `exact` is one that was named in full, and could not be another."""

    ids: tuple[int, ...]
    exact: int | None = None


def find_invoices(*, text: str, most: int) -> Found:
    """By folio fiscal or its first 6 digits, by series and folio or the folio alone, by an RFC or its first letters."""
    typed = text.strip().upper()
    named = [*_of_uuid(typed), *_of_number(typed)]
    exact = named[0] if len(named) == 1 else None
    ids = [*named, *_beginning_of_uuid(typed, most), *_of_rfc(typed, most)]
    return Found(ids=tuple(dict.fromkeys(ids))[:most], exact=exact)


def _of_uuid(typed: str) -> list[int]:
    try:
        return ids_of(Invoice.objects.filter(uuid=UUID(typed)))
    except ValueError:
        return []


def _of_number(typed: str) -> list[int]:
    """A folio alone is asked once a series, because the index begins with the series."""
    number = NUMBER.fullmatch(typed)
    if number is None:
        return []
    every = Branch.objects.values_list("serie", flat=True)
    series = [number["serie"]] if number["serie"] else [one + suffix for one in every for suffix in SUFFIXES.values()]
    return ids_of(Invoice.objects.filter(serie__in=series, folio=int(number["folio"])))


def _beginning_of_uuid(typed: str, most: int) -> list[int]:
    digits = typed.lower().replace("-", "")
    if not UUID_START.fullmatch(digits) or len(digits) == 32:
        return []
    first, last = UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
    return ids_of(Invoice.objects.filter(uuid__gte=first, uuid__lte=last).order_by("uuid")[:most])


def _of_rfc(typed: str, most: int) -> list[int]:
    """Of a whole RFC the newest first; of its beginning by RFC, so that the index gives them in its own order."""
    rfc = re.sub(r"[\s-]", "", typed)
    if len(rfc) < FEWEST or not RFC_START.fullmatch(rfc):
        return []
    if len(rfc) >= 12:
        return ids_of(Invoice.objects.filter(rfc=rfc).order_by("-id")[:most])
    return ids_of(Invoice.objects.filter(rfc__gte=rfc, rfc__lte=rfc.ljust(13, LAST)).order_by("rfc", "-id")[:most])


def ids_of(rows: Any) -> list[int]:
    """In the order of the rows."""
    return list(rows.values_list("pk", flat=True))
