"""Finding notes by what a person has at hand: each question is answered by an index (DECISIONS A3b)."""

import re

from amate.invoices.search import Found, ids_of
from amate.self_invoicing.codes import ALPHABET, IGNORED, LENGTH, VALUE, read_code
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import known_sources

FEWEST = 3  # letters of a folio's beginning
FEWEST_SYMBOLS = 4  # of a code's: one printed group
LAST = "\U0010ffff"
MONEY = re.compile(r"\$?\s*((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12}))(?:\.([0-9]{1,2}))?")


def find_tickets(*, text: str, most: int, part_of_code: bool) -> Found:
    """By billing code however it is typed, by the beginning of a folio, by the till's own id, by the exact total; if
    `part_of_code`, by the beginning of a code too.

    A note read by a scanner comes as the whole address of its QR.
    """
    typed = text.strip()
    code = _code_in(typed)
    if code is not None:
        named = ids_of(Ticket.objects.filter(code=code))
        return Found(ids=tuple(named), exact=named[0] if named else None)
    named = list(dict.fromkeys([*_of_folio(typed), *_of_external_id(typed)]))
    exact = named[0] if len(named) == 1 else None
    ids = [
        *named,
        *(_beginning_of_code(typed, most) if part_of_code else ()),
        *_beginning_of_folio(typed, most),
        *_of_total(typed, most),
    ]
    return Found(ids=tuple(dict.fromkeys(ids))[:most], exact=exact)


def cents_of(typed: str) -> int | None:
    """
    >>> cents_of("$1,248.50"), cents_of("1248.5"), cents_of("1248"), cents_of("12,48")
    (124850, 124850, 124800, None)
    """
    money = MONEY.fullmatch(typed.strip())
    if money is None:
        return None
    return int(money[1].replace(",", "")) * 100 + int((money[2] or "").ljust(2, "0"))


def _code_in(typed: str) -> str | None:
    if (code := read_code(typed)) is not None:
        return code
    if "/" not in typed:
        return None
    return next((code for part in typed.split("/") if (code := read_code(part)) is not None), None)


def _of_folio(typed: str) -> list[int]:
    return ids_of(Ticket.objects.filter(folio__in={typed, typed.upper()}).order_by("-id")[:2]) if typed else []


def _of_external_id(typed: str) -> list[int]:
    if not typed:
        return []
    sources = known_sources()
    # "caja-1/0001" names the till too, as the API does.
    source, slash, rest = typed.partition("/")
    if slash and source in sources:
        return ids_of(Ticket.objects.filter(source=source, external_id=rest))
    return ids_of(Ticket.objects.filter(source__in=sources, external_id=typed)[:2])


def _beginning_of_code(typed: str, most: int) -> list[int]:
    symbols = [c for c in typed.upper() if c not in IGNORED]
    if not FEWEST_SYMBOLS <= len(symbols) < LENGTH or any(c not in VALUE for c in symbols):
        return []
    begin = "".join(ALPHABET[VALUE[c]] for c in symbols)
    rows = Ticket.objects.filter(code__gte=begin.ljust(LENGTH, "0"), code__lte=begin.ljust(LENGTH, "Z"))
    return ids_of(rows.order_by("code")[:most])


def _beginning_of_folio(typed: str, most: int) -> list[int]:
    if len(typed) < FEWEST:
        return []
    begin = typed.upper()
    return ids_of(Ticket.objects.filter(folio__gte=begin, folio__lte=begin + LAST).order_by("folio")[:most])


def _of_total(typed: str, most: int) -> list[int]:
    cents = cents_of(typed)
    return ids_of(Ticket.objects.filter(total_cents=cents).order_by("-id")[:most]) if cents else []
