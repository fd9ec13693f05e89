"""A short name for what a buyer asked and has no folio yet: said over the telephone, typed into the search of staff.

It is the invoice's number in the symbols of billing codes, with their check symbol, so it needs no column.
"""

import re

from amate.self_invoicing.codes import ALPHABET, VALUE, check_symbol

FOLIO = re.compile(r"SOL[\s\-–]*([0-9A-Z]{4,13})")
FEWEST = 3  # symbols before the check
MOST = 2**63 - 1


def request_folio(invoice_id: int) -> str:
    """
    >>> request_folio(1), request_folio(70_000)
    ('SOL-0012', 'SOL-24BGC')
    """
    body, left = "", invoice_id
    while left:
        left, place = divmod(left, 32)
        body = ALPHABET[place] + body
    body = body.rjust(FEWEST, "0")
    return f"SOL-{body}{check_symbol(body)}"


def read_request_folio(typed: str) -> int | None:
    """The invoice's id, or None when it cannot be one of ours.

    >>> read_request_folio("sol 0012"), read_request_folio("SOL-OOI2"), read_request_folio("SOL-0021")
    (1, 1, None)
    """
    said = FOLIO.fullmatch(typed.strip().upper())
    if said is None or any(symbol not in VALUE for symbol in said[1]):
        return None
    symbols = "".join(ALPHABET[VALUE[symbol]] for symbol in said[1])
    body, check = symbols[:-1], symbols[-1]
    if check_symbol(body) != check:
        return None
    number = 0
    for symbol in body:
        number = number * 32 + VALUE[symbol]
    return number if 0 < number <= MOST else None
