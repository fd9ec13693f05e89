"""What is left to pay of an invoice of the past, and where its documents do not agree. Plain values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from amate.fiscal.rounding import q2

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PaidAt:
    """An instalment as a REP that stands tells it."""

    parcialidad: int
    saldo_ant: Decimal
    pagado: Decimal
    insoluto: Decimal
    moneda: str


@dataclass(frozen=True, slots=True)
class Owed:
    """`parcialidad`: the last one known. `troubles` (Spanish): what a person should look at."""

    amount: Decimal
    parcialidad: int
    troubles: tuple[str, ...]


def owed_of(*, total: Decimal, moneda: str, notes: Sequence[Decimal], paid: Sequence[PaidAt]) -> Owed:
    """Total less credit notes and instalments. Where an instalment is missing, no more than the last one says is left: nobody
    is asked to pay twice because a file was lost.

    >>> gone = [PaidAt(2, Decimal(500), Decimal(200), Decimal(300), "MXN")]
    >>> found = owed_of(total=Decimal(1000), moneda="MXN", notes=[], paid=gone)
    >>> str(found.amount), found.parcialidad, found.troubles[0]
    ('300.00', 2, 'Falta el complemento de la parcialidad 1')
    """
    same = sorted((one for one in paid if one.moneda == moneda), key=lambda one: (one.parcialidad, -one.saldo_ant))
    credited = sum(notes, ZERO)
    left = q2(total - credited - sum((one.pagado for one in same), ZERO))
    troubles = list(_troubles(total, credited, moneda, same, others=len(paid) - len(same)))
    last = same[-1] if same else None
    if last is not None and _is_missing(same):
        left = min(left, q2(last.insoluto))
    if left < 0:
        troubles.append(
            f"Se pagó o acreditó {-left:,.2f} de más: revísalo, y si es a su favor dilo en Saldos iniciales"
        )
    return Owed(max(left, q2(ZERO)), last.parcialidad if last else 0, tuple(troubles))


def _is_missing(same: Sequence[PaidAt]) -> bool:
    return {one.parcialidad for one in same} != set(range(1, same[-1].parcialidad + 1))


def _troubles(total: Decimal, credited: Decimal, moneda: str, same: Sequence[PaidAt], *, others: int) -> Iterator[str]:
    if others:
        yield f"Un complemento la paga en otra moneda que {moneda}: no lo restamos"
    there = [one.parcialidad for one in same]
    missing = sorted(set(range(1, max(there, default=0) + 1)) - set(there))
    if missing:
        said = ", ".join(str(one) for one in missing[:20])
        word = "la parcialidad" if len(missing) == 1 else "las parcialidades"
        yield f"Falta el complemento de {word} {said}"
    if twice := sorted({one for one in there if there.count(one) > 1}):
        yield f"La parcialidad {twice[0]} viene en más de un complemento vigente"
    before, number = total, 0
    for one in same:
        follows = one.parcialidad == number + 1
        # A note may have been issued before or after it: both are how it is done.
        if follows and one.saldo_ant not in (before, before - credited):
            yield (
                f"La parcialidad {one.parcialidad} dice que antes se debían {one.saldo_ant:,.2f}, "
                f"y por lo anterior son {before:,.2f}"
            )
        if one.saldo_ant - one.pagado != one.insoluto:
            yield f"La parcialidad {one.parcialidad} no resta bien: {one.saldo_ant:,.2f} − {one.pagado:,.2f} no es {one.insoluto:,.2f}"
        before, number = one.insoluto, one.parcialidad
