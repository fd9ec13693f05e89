"""May this customer be served, and why: what whoever answers the telephone, and programs that ask, are told (CYCLE 8).

Reads, decides by the same `stand_of` as everything else, and changes nothing: in eight statements, however many customers.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from amate.billing_cycle.collection.models import Exemption, PromiseToPay
from amate.billing_cycle.collection.reassess import terms_of
from amate.billing_cycle.collection.rules import Agreed, Debt, Stand, Standing, Terms, stand_of
from amate.billing_cycle.collection.warned import day_of_cut, warning_for, warnings_of
from amate.billing_cycle.service.models import Desired, Hold, Reason, Service
from amate.billing_cycle.subscriptions.agreed import closed_around
from amate.companies.billing_policy import billing_policy_on
from amate.ledger.debts import debts_of
from amate.ledger.queries import balances_of

ZERO = Decimal("0.00")


class Serve(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Held:
    """An open hold. `by`: who opened it; `note`: what that person said."""

    reason: Reason
    since: date
    note: str
    by: str


@dataclass(frozen=True, slots=True)
class Line:
    """One service as it is wanted and as the other side has it. `actual` is empty until that side was heard."""

    id: int
    external_id: str
    name: str
    desired: Desired
    actual: str
    gen: int
    actual_gen: int | None
    trouble: str
    holds: tuple[Held, ...]

    @property
    def is_settled(self) -> bool:
        """The other side has what we want."""
        return self.actual_gen == self.gen


@dataclass(frozen=True, slots=True)
class Promised:
    amount: Decimal
    until: date


@dataclass(frozen=True, slots=True)
class Exempted:
    until: date
    why: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`balance`: what he owes less what he has in his favour, in pesos; below zero we owe him. `next_due`: of what is not
    overdue yet. `cut_from`: the first day on which the rules allow a cut, None if as things stand none."""

    customer_id: int
    today: date
    stand: Stand
    terms: Terms
    balance: Decimal
    next_due: date | None
    promised: Promised | None
    exempt: Exempted | None
    lines: tuple[Line, ...]
    cut_from: date | None
    warned_on: date | None

    @property
    def standing(self) -> Standing:
        return self.stand.standing

    @property
    def serve(self) -> Serve:
        """What is suspended is not served, and what is slower in part; who has no service in our hands is never refused by us: only an open hold says
        no, and what may open one is decided elsewhere."""
        if not self.lines:
            return Serve.YES
        cut = sum(one.desired == Desired.SUSPENDED for one in self.lines)
        slower = sum(one.desired == Desired.LIMITED for one in self.lines)
        return Serve.NO if cut == len(self.lines) else Serve.PARTLY if cut or slower else Serve.YES

    @property
    def gen(self) -> int:
        """Grows with every change of what is wanted of his services; of two answers the one with the higher number is newer."""
        return sum(one.gen for one in self.lines)


def answers_for(customer_ids: Collection[int], *, today: date) -> dict[int, Answer]:
    """Of each of these customers of the open company."""
    terms = terms_of(billing_policy_on(today))
    debts: dict[int, list[Debt]] = defaultdict(list)
    for one in debts_of(customer_ids):
        debt = one.receivable
        debts[debt.customer_id].append(Debt(debt.pk, debt.due_on, one.left, debt.reopened_on))
    promised, exempt = _promised(customer_ids), _exempt(customer_ids)
    lines = _lines(customer_ids)
    balances = balances_of(customer_ids, as_of=today)
    stands = {
        pk: stand_of(
            debts[pk],
            terms=terms,
            agreed=Agreed(promised[pk].until if pk in promised else None, exempt[pk].until if pk in exempt else None),
            held=any(held.reason == Reason.NONPAYMENT for line in lines[pk] for held in line.holds),
            today=today,
        )
        for pk in sorted(set(customer_ids))
    }
    warned = warnings_of(stands.values()) if any(one.cuttable for one in stands.values()) else {}
    holidays = closed_around(today) if warned else frozenset()
    found = {}
    for pk, stand in stands.items():
        warning = warning_for(stand, warned)
        cut_from = day_of_cut(stand, warning, terms=terms, today=today, holidays=holidays) if warning else None
        found[pk] = Answer(
            customer_id=pk,
            today=today,
            stand=stand,
            terms=terms,
            balance=balances.get(pk, ZERO),
            next_due=min((debt.due_on for debt in debts[pk] if debt.due_on >= today), default=None),
            promised=promised[pk] if pk in promised and promised[pk].until >= today else None,
            exempt=exempt[pk] if pk in exempt and exempt[pk].until >= today else None,
            lines=tuple(lines[pk]),
            cut_from=cut_from,
            warned_on=warning.told_on if warning else None,
        )
    return found


def answer_for(customer_id: int, *, today: date) -> Answer:
    return answers_for([customer_id], today=today)[customer_id]


def _promised(customer_ids: Collection[int]) -> dict[int, Promised]:
    rows = PromiseToPay.objects.filter(customer_id__in=customer_ids, state=PromiseToPay.State.OPEN)
    return {pk: Promised(amount, until) for pk, amount, until in rows.values_list("customer_id", "amount", "until")}


def _exempt(customer_ids: Collection[int]) -> dict[int, Exempted]:
    rows = Exemption.objects.filter(customer_id__in=customer_ids, ended_at__isnull=True)
    return {pk: Exempted(until, why) for pk, until, why in rows.values_list("customer_id", "until", "why")}


def _lines(customer_ids: Collection[int]) -> dict[int, list[Line]]:
    services = list(Service.objects.live().filter(customer_id__in=customer_ids).order_by("id"))
    holds: dict[int, list[Held]] = defaultdict(list)
    for hold in Hold.objects.open().filter(service_id__in=[one.pk for one in services]).order_by("id"):
        holds[hold.service_id].append(Held(Reason(hold.reason), hold.opened_on, hold.note, hold.opened_by))
    found: dict[int, list[Line]] = defaultdict(list)
    for one in services:
        found[one.customer_id].append(
            Line(
                id=one.pk,
                external_id=one.external_id,
                name=one.name,
                desired=Desired(one.desired),
                actual=one.actual,
                gen=one.gen,
                actual_gen=one.actual_gen,
                trouble=one.trouble,
                holds=tuple(holds[one.pk]),
            )
        )
    return found
