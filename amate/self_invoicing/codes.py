"""The billing code of a note: 11 random symbols and one check symbol, printed XXXX-XXXX-XXXX (OUTSIDE REF-1)."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: no I, L, O, U
VALUE = {symbol: i for i, symbol in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
LENGTH = 12
IGNORED = frozenset(" -–—._\t\u00a0")


def new_code() -> str:
    """A fresh code, never derived from folio or date: 55 random bits."""
    bits = secrets.randbits(5 * (LENGTH - 1))
    body = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH - 1))
    return body + check_symbol(body)


def check_symbol(body: str) -> str:
    """
    >>> check_symbol("7K4M9QXW2TR"), check_symbol("00000000001"), check_symbol("ZZZZZZZZZZZ")
    ('P', '2', 'K')
    """
    return ALPHABET[_fold(body)]


def read_code(typed: str) -> str | None:
    """What a person typed, as we store it, or None when it cannot be a code. Costs no query and no limiter hit.

    >>> read_code(" 7k4m 9qxw-2trp ")
    '7K4M9QXW2TRP'
    >>> read_code("7K4M-9QXW-2TRU") is None and read_code("7K4M9QXW2TR") is None
    True
    """
    kept = [c for c in typed.upper() if c not in IGNORED]
    if len(kept) != LENGTH or any(c not in VALUE for c in kept):
        return None
    code = "".join(ALPHABET[VALUE[c]] for c in kept)
    return code if _fold(code) == 0 else None


def show_code(code: str) -> str:
    """
    >>> show_code("7K4M9QXW2TRP")
    '7K4M-9QXW-2TRP'
    """
    return "-".join(code[i : i + 4] for i in range(0, LENGTH, 4))


def hide_code(code: str) -> str:
    """Enough to tell two notes apart, for whoever may not invoice them.

    >>> hide_code("7K4M9QXW2TRP")
    '••••-••••-2TRP'
    """
    return f"••••-••••-{code[-4:]}"


def _fold(symbols: str) -> int:
    """Damm's scheme over GF(32), reduced by x^5 + x^2 + 1: a whole valid code folds to zero."""
    state = 0
    for symbol in symbols:
        state = (state ^ VALUE[symbol]) << 1
        if state & 32:
            state ^= 0b100101
    return state
