"""What moves in with a business: of each kind of file, how its rows are read, looked at, kept and taken back."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from amate.intake.balance_rows import read_balances
from amate.intake.balances import keep_balances, look_at_balances, take_back_balances
from amate.intake.customer_rows import read_customers
from amate.intake.customers import keep_customers, look_at_customers, take_back_customers
from amate.intake.found import Bad, Good
from amate.intake.models import Batch, Kind
from amate.intake.reader import Reader
from amate.intake.rows import Row
from amate.intake.subscribed import keep_subscribed, look_at_subscribed, take_back_subscribed
from amate.intake.subscription_rows import read_subscribed
from amate.intake.told import Told


@dataclass(frozen=True, slots=True)
class Act:
    """`look` and `keep` count in Told what they find; `take_back` answers how many things went and how many stay."""

    read: Callable[[Reader, Iterable[Row]], Iterator[Good[Any] | Bad]]
    look: Callable[[Batch, list[Good[Any]], Told, datetime], None]
    keep: Callable[[Batch, list[Good[Any]], Told, datetime], None]
    take_back: Callable[[Batch, datetime], tuple[int, int]]


ACTS: dict[str, Act] = {
    Kind.CUSTOMERS: Act(read_customers, look_at_customers, keep_customers, take_back_customers),
    Kind.BALANCES: Act(read_balances, look_at_balances, keep_balances, take_back_balances),
    Kind.SUBSCRIBED: Act(read_subscribed, look_at_subscribed, keep_subscribed, take_back_subscribed),
}
