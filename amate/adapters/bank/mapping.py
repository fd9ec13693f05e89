"""The wizard's side: somebody names the columns of a table once, and that is a layout like those we know."""

from collections.abc import Sequence
from dataclasses import dataclass

from amate.adapters.bank import Layout
from amate.adapters.bank.text import DAY_FORMATS, fold, read_amount, read_day


class BadMapping(ValueError):
    """The columns named do not make a table of movements. The message is for people."""


@dataclass(frozen=True, slots=True)
class Named:
    """What somebody said: titles of columns as the file has them, or `#1`, `#2`… where it has none. Money is `deposit`
    (and `withdrawal`), or `amount`, whose sign stands in it or, as a word of `deposit_words`, in `sign`."""

    day: str
    day_format: str
    texts: tuple[str, ...]
    deposit: str = ""
    withdrawal: str = ""
    amount: str = ""
    sign: str = ""
    deposit_words: tuple[str, ...] = ()
    withdrawal_words: tuple[str, ...] = ()
    reference: str = ""
    balance: str = ""


def layout_of(named: Named, *, code: str, name: str) -> Layout:
    """Raises BadMapping."""
    if named.day_format not in DAY_FORMATS:
        raise BadMapping(f"La fecha se escribe como {', '.join(DAY_FORMATS)}.")
    if not named.day or not named.texts:
        raise BadMapping("Di qué columna es la fecha y cuál la descripción.")
    if bool(named.deposit) == bool(named.amount):
        raise BadMapping("Di qué columna es el depósito, o cuál es el importe con su signo.")
    if named.sign and not (named.deposit_words and named.withdrawal_words):
        raise BadMapping("Di con qué palabra marca tu banco un depósito y con cuál un retiro.")
    said = [named.day, *named.texts, named.deposit, named.withdrawal, named.amount, named.sign]
    used = [fold(one) for one in (*said, named.reference, named.balance) if one]
    by_place = [one.startswith("#") for one in used]
    if any(by_place) and not all(by_place):
        raise BadMapping("Nombra todas las columnas por su título, o todas por su lugar.")
    return Layout(
        code=code,
        name=name,
        header=frozenset() if by_place[0] else frozenset(used),
        day=(fold(named.day),),
        day_formats=(named.day_format,),
        texts=tuple(fold(one) for one in named.texts),
        deposit=_one(named.deposit),
        withdrawal=_one(named.withdrawal),
        amount=_one(named.amount),
        sign=_one(named.sign),
        deposit_words=frozenset(fold(word) for word in named.deposit_words),
        withdrawal_words=frozenset(fold(word) for word in named.withdrawal_words),
        references=_one(named.reference),
        balance=_one(named.balance),
    )


def guess_day_format(cells: Sequence[str]) -> str:
    """The only format that reads all of a column's cells; empty when none or several do.

    >>> guess_day_format(["25/03/2026", "01/04/2026"]), guess_day_format(["no"])
    ('DD/MM/YYYY', '')
    """
    fits = [name for name in DAY_FORMATS if cells and all(_reads(cell, name) for cell in cells)]
    return fits[0] if len(fits) == 1 else ""


def is_money(cells: Sequence[str]) -> bool:
    """Whether a column's cells are all amounts or empty, and not all empty."""
    try:
        return any([read_amount(cell) is not None for cell in cells])  # noqa: C419  all must be read
    except ValueError:
        return False


def _reads(cell: str, name: str) -> bool:
    try:
        read_day(cell, (name,))
    except ValueError:
        return False
    return True


def _one(name: str) -> tuple[str, ...]:
    return (fold(name),) if name else ()
