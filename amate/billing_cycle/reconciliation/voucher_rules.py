"""Which vouchers a customer's debts want, and which are good for nothing any more: pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from amate.adapters.payments import CASH_LEAST, CASH_MOST, Way


@dataclass(frozen=True, slots=True)
class Offer:
    """One way in which an account of the company makes vouchers. `on_press`: only when somebody asks for one."""

    account_id: int
    way: Way
    on_press: bool = False

    def takes(self, amount: Decimal) -> bool:
        """
        >>> [Offer(1, Way.CASH).takes(Decimal(n)) for n in ("9.99", "10.00", "10000.00", "10000.01")]
        [False, True, True, False]
        >>> Offer(1, Way.SPEI).takes(Decimal("10000.01"))
        True
        """
        return self.way is not Way.CASH or CASH_LEAST <= amount <= CASH_MOST


@dataclass(frozen=True, slots=True)
class Debt:
    """What is left of it, in pesos."""

    receivable_id: int
    left: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """A voucher that nobody ended."""

    id: int
    receivable_id: int
    offer: Offer
    amount: Decimal
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """`end`: ids of vouchers; `make`: of which debt, and how."""

    end: tuple[int, ...]
    make: tuple[tuple[Debt, Offer], ...]


def turn_of(*, debts: Sequence[Debt], standing: Sequence[Standing], offers: Collection[Offer], now: datetime) -> Turn:
    """A voucher asks for exactly what is left of its debt; whatever else it asks for, it ends and another is made. One that
    is right is left alone until its day: somebody may hold it printed."""
    left = {one.receivable_id: one.left for one in debts}
    good = {
        (one.receivable_id, one.offer): one
        for one in standing
        if one.expires_at > now and one.offer in offers and left.get(one.receivable_id) == one.amount
    }
    kept = {one.id for one in good.values()}
    wanted = [(debt, offer) for debt in debts for offer in offers if offer.takes(debt.left) and not offer.on_press]
    return Turn(
        end=tuple(one.id for one in standing if one.id not in kept),
        make=tuple((debt, offer) for debt, offer in wanted if (debt.receivable_id, offer) not in good),
    )
