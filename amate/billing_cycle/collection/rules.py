"""Where a customer stands, as pure functions of plain values: what is owed, what was agreed, and the day.

Nothing here remembers: after a week without a worker the same day gives the same answer, so nobody is told three times and
nobody is cut for our own outage.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

_DAY = timedelta(days=1)
MONDAY_TO_THURSDAY = frozenset({0, 1, 2, 3})


class Standing(StrEnum):
    CURRENT = "current"
    IN_TERM = "in_term"
    IN_GRACE = "in_grace"
    PROMISED = "promised"
    EXEMPT = "exempt"
    SUSPENDABLE = "suspendable"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Debt:
    """One open receivable. `reopened_on`: the day a chargeback or a correction made it owed again, which starts its grace
    anew; its due day stays. `billed_on`: of a debt that no document brings, the day its letter is due."""

    id: int
    due_on: date
    open_amount: Decimal
    reopened_on: date | None = None
    billed_on: date | None = None

    def first_day_of_cut(self, grace_days: int) -> date:
        """
        >>> Debt(1, date(2026, 2, 3), Decimal(1)).first_day_of_cut(5).isoformat()
        '2026-02-09'
        """
        return self.late_since + timedelta(days=grace_days + 1)

    @property
    def late_since(self) -> date:
        """The day from which its lateness counts, and with it what is said of it."""
        return self.due_on if self.reopened_on is None else max(self.due_on, self.reopened_on)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the company's policy says of its patience. `warned_days`: how long before a cut its warning must have been
    delivered."""

    grace_days: int = 5
    min_overdue_amount: Decimal = Decimal(0)
    min_overdue_debts: int = 1
    suspends: bool = True
    warned_days: int = 2
    cut_weekdays: frozenset[int] = MONDAY_TO_THURSDAY


@dataclass(frozen=True, slots=True)
class Agreed:
    """What holds back a cut: the last day of a promise to pay, the last day of an exemption."""

    promised_until: date | None = None
    exempt_until: date | None = None


NOTHING_AGREED = Agreed()


@dataclass(frozen=True, slots=True)
class Stand:
    """`cuttable`: the debts that alone would justify a cut, whatever was agreed; `overdue`: all that are past their day."""

    standing: Standing
    owed: Decimal
    overdue: tuple[Debt, ...]
    cuttable: tuple[Debt, ...]

    @property
    def overdue_amount(self) -> Decimal:
        return sum((debt.open_amount for debt in self.overdue), Decimal(0))

    @property
    def oldest_due(self) -> date | None:
        return min((debt.due_on for debt in self.overdue), default=None)

    @property
    def may_stay_cut(self) -> bool:
        """A hold for nonpayment is lifted as soon as this is untrue."""
        return self.standing in (Standing.SUSPENDABLE, Standing.SUSPENDED)


def stand_of(debts: Iterable[Debt], *, terms: Terms, agreed: Agreed = NOTHING_AGREED, held: bool, today: date) -> Stand:
    """`held`: a hold for nonpayment is open. A debt may be paid during the whole of its due day.

    SUSPENDED is said only of whom may be cut: somebody held who no longer may be is told as what he is now, and lifted.
    """
    owing = sorted((debt for debt in debts if debt.open_amount > 0), key=lambda debt: (debt.due_on, debt.id))
    overdue = tuple(debt for debt in owing if debt.due_on < today)
    past_grace = tuple(debt for debt in overdue if debt.first_day_of_cut(terms.grace_days) <= today)
    enough = (
        len(past_grace) >= max(terms.min_overdue_debts, 1)
        and sum(debt.open_amount for debt in past_grace) >= terms.min_overdue_amount
    )
    cuttable = past_grace if enough and terms.suspends else ()
    return Stand(
        _standing(bool(owing), bool(overdue), bool(cuttable), agreed=agreed, held=held, today=today),
        owed=sum((debt.open_amount for debt in owing), Decimal(0)),
        overdue=overdue,
        cuttable=cuttable,
    )


def _standing(owes: bool, late: bool, cuttable: bool, *, agreed: Agreed, held: bool, today: date) -> Standing:
    if not owes:
        return Standing.CURRENT
    if not late:
        return Standing.IN_TERM
    if agreed.exempt_until is not None and today <= agreed.exempt_until:
        return Standing.EXEMPT
    if agreed.promised_until is not None and today <= agreed.promised_until:
        return Standing.PROMISED
    if not cuttable:
        return Standing.IN_GRACE
    return Standing.SUSPENDED if held else Standing.SUSPENDABLE


# ------------------------------------------------------------ reminders


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder: `offset` days after the due day, before it when negative. The last warning names the cut;
    `call`: a person calls."""

    code: str
    offset: int
    last_warning: bool = False
    call: bool = False


def rung_of(debt: Debt, ladder: Sequence[Step], *, warned_on: date | None = None, today: date) -> Step | None:
    """The highest rung that the debt has reached: those below it that were missed are not made up for. Nobody gets past a
    last warning that he was not told (`warned_on`), and what follows counts from the day he was.

    >>> ladder = (Step("aviso", -5), Step("hoy", 0), Step("vencido", 2))
    >>> [rung_of(Debt(1, date(2026, 3, 10), Decimal(1)), ladder, today=date(2026, 3, day)) for day in (4, 5, 30)]
    [None, Step(code='aviso', offset=-5, last_warning=False, call=False), Step(code='vencido', offset=2, last_warning=False, call=False)]
    """
    reached = [step for step in ladder if _day_of(step, debt, ladder, warned_on=warned_on) <= today]
    return max(reached, key=lambda step: step.offset, default=None)


def _day_of(step: Step, debt: Debt, ladder: Sequence[Step], *, warned_on: date | None) -> date:
    if step.offset <= 0 and debt.late_since != debt.due_on:
        return date.max  # "vence pronto" of a debt that is owed again since long after
    day = debt.late_since + timedelta(days=step.offset)
    last = next((one for one in ladder if one.last_warning), None)
    if last is None or step.offset <= last.offset:
        return day
    if warned_on is None:
        return date.max
    return max(day, warned_on + timedelta(days=step.offset - last.offset))


# ------------------------------------------------------------ when a person may be written to


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours [`from_hour`, `to_hour`) and weekdays on which people are written to (OUTSIDE MSG-7)."""

    from_hour: int = 9
    to_hour: int = 20
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4, 5})

    def allows(self, local: datetime, *, holidays: frozenset[date]) -> bool:
        """
        >>> [Quiet().allows(datetime(2026, 3, day, hour), holidays=frozenset()) for day, hour in ((2, 8), (2, 9), (2, 20), (1, 9))]
        [False, True, False, False]
        """
        day = local.date()
        return self.from_hour <= local.hour < self.to_hour and day.weekday() in self.weekdays and day not in holidays


# ------------------------------------------------------------ the day of a cut


def is_day_of_cuts(day: date, *, weekdays: frozenset[int], holidays: frozenset[date]) -> bool:
    """A weekday on which the company cuts, no holiday, and not the eve of one: who is cut can be back the next day."""
    return day.weekday() in weekdays and day not in holidays and day + _DAY not in holidays


def cut_day(
    stand: Stand, *, terms: Terms, warned_on: date | None, today: date, holidays: frozenset[date]
) -> date | None:
    """The first day, from today on, on which the rules allow the cut; None: while nothing changes, none.

    `warned_on`: the day the last warning of one of these debts was delivered. Without a delivered warning nobody is cut.
    """
    if not stand.cuttable or warned_on is None or stand.standing in (Standing.EXEMPT, Standing.PROMISED):
        return None
    if not terms.cut_weekdays:
        return None
    day = max(today, warned_on + timedelta(days=terms.warned_days))
    for _ in range(366):
        if is_day_of_cuts(day, weekdays=terms.cut_weekdays, holidays=holidays):
            return day
        day += _DAY
    return None


def first_cut_named(debts: Sequence[Debt], *, terms: Terms, warning_on: date, holidays: frozenset[date]) -> date | None:
    """The day that a last warning sent on `warning_on` names: when these debts, still open then, may first be cut.

    >>> owed = [Debt(1, date(2026, 2, 3), Decimal(100))]
    >>> first_cut_named(owed, terms=Terms(), warning_on=date(2026, 2, 7), holidays=frozenset()).isoformat()
    '2026-02-09'
    """
    if not debts or not terms.suspends:
        return None
    ready = min(debt.first_day_of_cut(terms.grace_days) for debt in debts)
    day = max(ready, warning_on)
    stand = stand_of(debts, terms=terms, held=False, today=day)
    later = sorted(debt.first_day_of_cut(terms.grace_days) for debt in debts)
    while not stand.cuttable and later:
        day = max(day, later.pop(0))
        stand = stand_of(debts, terms=terms, held=False, today=day)
    return cut_day(stand, terms=terms, warned_on=warning_on, today=day, holidays=holidays)
