"""Whose a deposit is (OUTSIDE BANK-1): a sure sign, or the best guesses and why. Plain values in, plain values out."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate

from amate.catalogs.search import plain_text
from amate.ledger.references import numbers_of_reference

NEAR_DAYS = 4  # between the day a person says and the bank's: a weekend and one more
MOST_GUESSES = 3
_RUN = re.compile(r"(?<!\d)\d{7,20}(?!\d)")
_MARK = re.compile(r"[A-Za-z0-9_\-]{4,80}")
# Of a name, what half of all names have.
_NO_NAME = frozenset(
    [
        "de",
        "del",
        "la",
        "las",
        "los",
        "y",
        "e",
        "sa",
        "cv",
        "rl",
        "sapi",
        "sc",
        "ac",
        "srl",
        "spr",
        "coop",
        "ltd",
        "inc",
    ]
)


class Rung(StrEnum):
    """In the order of the ladder. `by_rule` of a line is one of these."""

    OURS = "ours"
    REFERENCE = "reference"
    TOLD = "told"
    ORIGIN = "origin"
    AMOUNT = "amount"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Deposit:
    """`origins`: accounts and RFC that its text names, ours left out."""

    day: date
    amount: Decimal
    text: str
    reference: str
    origins: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """A reference that we gave to be paid at."""

    customer_id: int
    receivable_id: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A customer's word, or a payment that was typed and comes in at this bank: no line of a file told it yet."""

    id: int
    customer_id: int
    amount: Decimal
    day: date
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is to compare with. `owed`: what is left of each debt, oldest first. `names`: of whom may be named.
    `learned`: whom an account or an RFC paid for before; a customer's own RFC is among them."""

    given: Mapping[str, Collection[Given]] = field(default_factory=dict)
    numbers: Mapping[int, int] = field(default_factory=dict)
    learned: Mapping[str, Collection[int]] = field(default_factory=dict)
    reports: Sequence[Told] = ()
    typed: Sequence[Told] = ()
    owed: Mapping[int, Sequence[Decimal]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that speaks for a customer. `weight` sorts guesses; `why` is for people."""

    rung: Rung
    customer_id: int
    weight: int
    why: str
    receivable_id: int | None = None
    typed_id: int | None = None
    report_id: int | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    customer_id: int
    weight: int
    whys: tuple[str, ...]
    typed_id: int | None = None
    report_id: int | None = None


def match(deposit: Deposit, known: Known) -> Sign | None:
    """Climb the ladder: the first rung that speaks for exactly one customer, and is supported, decides. A rung that speaks
    for several decides nothing, and nothing below it either. Never by amount alone, nor by name. With `typed_id` the money is
    in the ledger already, and the line only confirms it."""
    signs = _signs(deposit, known)
    for rung in (Rung.OURS, Rung.REFERENCE, Rung.TOLD, Rung.ORIGIN):
        found = [one for one in signs if one.rung == rung and _supported(one, deposit, known)]
        who = {one.customer_id for one in found}
        if len(who) > 1:
            return None
        if who:
            return _with_what_was_told(found, signs)
    return None


def guess(deposit: Deposit, known: Known) -> tuple[Guess, ...]:
    """The best guesses for a person, with all that speaks for each."""
    by_customer: dict[int, list[Sign]] = {}
    for one in [*_signs(deposit, known), *_by_amount(deposit, known), *_by_name(deposit, known)]:
        by_customer.setdefault(one.customer_id, []).append(one)
    guesses = [
        Guess(
            who,
            sum(max(one.weight for one in told if one.rung == rung) for rung in {one.rung for one in told}),
            tuple(dict.fromkeys(one.why for one in told)),
            next((one.typed_id for one in told if one.typed_id), None),
            next((one.report_id for one in told if one.report_id), None),
        )
        for who, told in by_customer.items()
    ]
    return tuple(sorted(guesses, key=lambda one: (-one.weight, one.customer_id))[:MOST_GUESSES])


def runs_in(deposit: Deposit) -> list[str]:
    """Every run of 7 to 20 digits, which a reference may be."""
    return list(dict.fromkeys(_RUN.findall(f"{deposit.text} {deposit.reference}")))


def marks_in(deposit: Deposit) -> list[str]:
    """What a reference that we gave may be: runs of digits, and words such as an order's id."""
    words = _MARK.findall(f"{deposit.text} {deposit.reference}")
    return list(dict.fromkeys([*runs_in(deposit), *words]))


def numbers_in(deposit: Deposit) -> dict[str, list[int]]:
    """Of the runs whose check digits are right, the customers' numbers they may stand for (REF-2)."""
    return {run: numbers for run in runs_in(deposit) if (numbers := numbers_of_reference(run))}


def fits(amount: Decimal, owed: Sequence[Decimal]) -> bool:
    """It pays one debt exactly, or the oldest ones together.

    >>> owed = [Decimal(100), Decimal(200), Decimal(50)]
    >>> [fits(Decimal(said), owed) for said in (200, 300, 350, 150, 99)]
    [True, True, True, False, False]
    """
    return amount in owed or amount in accumulate(owed)


def named(name: str, text: str) -> bool:
    """Whether the text says the name: two words of it and half of them, in any order; of a name of one word, that word.

    >>> named("Rosa María Pérez López", "SPEI DE PEREZ LOPEZ ROSA MAR"), named("Rosa Pérez", "PAGO ROSA")
    (True, False)
    """
    wanted = [word for word in plain_text(name).split() if len(word) > 2 and word not in _NO_NAME]
    said = set(plain_text(text).split())
    there = sum(word in said for word in wanted)
    if len(wanted) == 1:
        return bool(there) and len(wanted[0]) >= 5
    return there >= 2 and 2 * there >= len(wanted)


def _signs(deposit: Deposit, known: Known) -> list[Sign]:
    signs = [
        Sign(Rung.OURS, one.customer_id, 100, f"Trae su referencia {mark}", one.receivable_id)
        for mark in marks_in(deposit)
        for one in known.given.get(mark, ())
    ]
    signs += [
        Sign(Rung.REFERENCE, known.numbers[number], 60, f"Trae su referencia {run}")
        for run, numbers in numbers_in(deposit).items()
        for number in numbers
        if number in known.numbers
    ]
    signs += [
        Sign(
            Rung.TOLD,
            one.customer_id,
            50,
            f"Ya se registró a mano un pago igual, del {one.day:%d/%m/%Y}",
            typed_id=one.id,
        )
        for one in _nearest(known.typed, deposit)
    ]
    signs += [
        Sign(Rung.TOLD, one.customer_id, 45, f"Avisó que pagó este importe el {one.day:%d/%m/%Y}", report_id=one.id)
        for one in _nearest(known.reports, deposit)
    ]
    signs += [
        Sign(Rung.ORIGIN, pk, 40, _from(origin))
        for origin in sorted(deposit.origins)
        for pk in sorted(known.learned.get(origin, ()))
    ]
    return signs


def _from(origin: str) -> str:
    return f"Ya pagó desde la cuenta {origin}" if origin.isdigit() else f"Trae el RFC {origin}, con el que se le conoce"


def _nearest(told: Iterable[Told], deposit: Deposit) -> list[Told]:
    """Of the same amount and about the same day, the nearest first."""
    near = [one for one in told if one.amount == deposit.amount and abs((one.day - deposit.day).days) <= NEAR_DAYS]
    return sorted(near, key=lambda one: (abs((one.day - deposit.day).days), one.id))


def _supported(sign: Sign, deposit: Deposit, known: Known) -> bool:
    """A reference that we gave needs nothing else. Of a thousand strangers' numbers ten have right check digits, so one of
    those needs a customer who owes; an account may pay for several people, so it needs their amount. What was told of this
    money speaks for either: typed before, it may have paid the debt already."""
    who = sign.customer_id
    owed = known.owed.get(who, ())
    if sign.rung == Rung.OURS:
        return True
    if sign.rung == Rung.TOLD:
        return _told_reference(sign, deposit, known) or _is_named(who, deposit, known)
    if any(one.customer_id == who for one in _nearest([*known.typed, *known.reports], deposit)):
        return True
    if sign.rung == Rung.ORIGIN:
        return fits(deposit.amount, owed)
    return bool(owed) or _is_named(who, deposit, known) or _paid_from_here(who, deposit, known)


def _told_reference(sign: Sign, deposit: Deposit, known: Known) -> bool:
    """The reference that a person told stands in the bank's text."""
    rows = known.reports if sign.report_id is not None else known.typed
    told = next(one.reference for one in rows if one.id == (sign.report_id or sign.typed_id))
    marks = {mark.lower() for mark in marks_in(deposit)}
    return any(word.lower() in marks for word in _MARK.findall(told) if any(map(str.isdigit, word)))


def _is_named(who: int, deposit: Deposit, known: Known) -> bool:
    return who in known.names and named(known.names[who], deposit.text)


def _paid_from_here(who: int, deposit: Deposit, known: Known) -> bool:
    return any(who in known.learned.get(origin, ()) for origin in deposit.origins)


def _with_what_was_told(found: Sequence[Sign], signs: Sequence[Sign]) -> Sign:
    """The sure sign, and what the same customer told or staff typed of this money: it is not booked twice."""
    sure = next((one for one in found if one.receivable_id is not None), found[0])
    if len({one.receivable_id for one in found if one.receivable_id is not None}) > 1:
        sure = replace(sure, receivable_id=None)
    for one in signs:
        if one.customer_id == sure.customer_id and one.rung == Rung.TOLD:
            sure = replace(sure, typed_id=sure.typed_id or one.typed_id, report_id=sure.report_id or one.report_id)
    return sure


def _by_amount(deposit: Deposit, known: Known) -> list[Sign]:
    return [
        Sign(Rung.AMOUNT, who, 20, "Debe exactamente este importe")
        for who, owed in known.owed.items()
        if fits(deposit.amount, owed)
    ]


def _by_name(deposit: Deposit, known: Known) -> list[Sign]:
    return [
        Sign(Rung.NAME, who, 25, "Su nombre está en el movimiento")
        for who, name in known.names.items()
        if named(name, deposit.text)
    ]
