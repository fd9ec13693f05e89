"""Finding a customer by whatever a person has at hand (FEATURES 27; DECISIONS A3b: prefixes by ranges)."""

import re
from typing import Any

from amate.catalogs.search import plain_text
from amate.customers.models import Customer, CustomerWord
from amate.customers.rules import national

LAST = "\U0010ffff"
TELEPHONE = re.compile(r"[\d\s()+.\-]+")
SHORTEST_TELEPHONE = 7
RFC_START = re.compile(r"[a-z]{3,4}[0-9]{2,6}[a-z0-9]{0,3}")
MOST_WORDS = 8


def search(*, text: str, limit: int) -> list[Customer]:
    """Customers by the beginning of words of the name in any order, of the RFC, mail, telephone or number; newest first.

    Accents and case count for nothing. Nothing typed finds nothing.
    """
    return list(having(Customer.objects.live(), text).order_by("-id")[:limit]) if words_of(text) else []


def having(rows: Any, text: str) -> Any:
    """Those of the customers that have all the words of the text; every one when there are none. Merged ones are found
    as who remains of them."""
    for word in words_of(text):
        found = CustomerWord.objects.filter(word__gte=word, word__lte=word + LAST)
        rows = rows.filter(pk__in=found.values("customer_id"))
    return rows


def words_of(text: str) -> list[str]:
    """What each word of a customer must begin with, as the triggers store them.

    >>> words_of("  Peña, José "), words_of("+52 (55) 1234-5678"), words_of("XOJI-740919-U48")
    (['pena', 'jose'], ['5512345678'], ['xoji740919u48'])
    >>> words_of("Ingrid@Example.com"), words_of("12"), words_of("¿?")
    (['ingrid@example.com'], ['12'], [])
    """
    text = text.strip()
    if TELEPHONE.fullmatch(text) and len(national(text)) >= SHORTEST_TELEPHONE:
        return [national(text)]
    compact = plain_text(re.sub(r"[\s\-./_]", "", text))
    if RFC_START.fullmatch(compact):
        return [compact]
    words: list[str] = []
    for one in text.split():
        words += [one.lower()] if "@" in one else plain_text(one).split()
    return list(dict.fromkeys(words))[:MOST_WORDS]
