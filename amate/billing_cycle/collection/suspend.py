"""The only act that cuts for nonpayment (DECISIONS D, CYCLE 5.4). Each cut is written with what justifies it, or not at all."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum

from amate.audit.record import record
from amate.billing_cycle.collection.cut_deeper import cut_deeper, slower_due, slower_until
from amate.billing_cycle.collection.reassess import ITSELF, reassess_customers, terms_of
from amate.billing_cycle.collection.rules import Stand, Standing, Terms, is_day_of_cuts
from amate.billing_cycle.collection.warned import day_of_cut, services_to_cut, warning_for, warnings_of
from amate.billing_cycle.service.hold import hold_service
from amate.billing_cycle.service.models import CutDecision, Hold, Reason, Service
from amate.billing_cycle.subscriptions.agreed import closed_around
from amate.companies.billing_policy import billing_policy_on
from amate.companies.day import zone_of_company
from amate.ledger.lock import lock_customers
from amate.promises.kinds import MAIL
from amate.promises.promise import promise
from amate.tenancy.writes import insert


class Spared(StrEnum):
    """Why somebody who owes was not cut now. Each is for people, in `SAID`."""

    STANDS_WELL = "stands_well"
    NOT_WARNED = "not_warned"
    NOT_TODAY = "not_today"
    NOT_NOW = "not_now"
    NOTHING_TO_CUT = "nothing_to_cut"
    MONEY_ON_ITS_WAY = "money_on_its_way"
    NOBODY_ANSWERED = "nobody_answered"
    BANK_NOT_READ = "bank_not_read"


SAID: Mapping[Spared, str] = {
    Spared.STANDS_WELL: "No hay deuda que justifique un corte.",
    Spared.NOT_WARNED: "Falta entregar el último aviso.",
    Spared.NOT_TODAY: "Hoy no es día de cortes para este cliente.",
    Spared.NOT_NOW: "A esta hora no se corta.",
    Spared.NOTHING_TO_CUT: "No tiene un servicio activo.",
    Spared.MONEY_ON_ITS_WAY: "Hay un pago en camino.",
    Spared.NOBODY_ANSWERED: "El proveedor de pagos no contestó: hoy no se corta.",
    Spared.BANK_NOT_READ: "Falta leer el estado de cuenta del banco de hoy: quizá ya pagó.",
}


@dataclass(frozen=True, slots=True)
class LastLook:
    """What was asked just before: every provider that the customer could have paid at answered, and no money is on its way.
    `asked`: which, for the record. `bank_read`: what reached the bank until today was read too; a file tells a day later."""

    answered: bool
    money_on_its_way: bool
    asked: tuple[str, ...] = ()
    bank_read: bool = True


@dataclass(frozen=True, slots=True)
class Cut:
    customer_id: int
    decision_id: int
    services: tuple[int, ...]


def suspend_customers(
    *, looks: Mapping[int, LastLook], today: date, now: datetime
) -> tuple[list[Cut], dict[int, Spared]]:
    """Cut whoever of these may be cut at this very moment; the others are answered with why not.

    Everything is read again here, under the customer's lock and after the last look: a payment that came meanwhile has
    been received before this lock or waits for it, and then lifts.
    """
    lock_customers(looks)
    policy = billing_policy_on(today)
    terms = terms_of(policy)
    stands = reassess_customers(customer_ids=looks.keys(), today=today, now=now)
    hour = now.astimezone(zone_of_company()).hour
    in_hours = policy.cut_from_hour <= hour < policy.cut_to_hour
    warned = warnings_of(stands.values())
    holidays = closed_around(today)
    services = services_to_cut(stands, scope=policy.suspend_scope)
    slowed = slower_due(on=today, customer_ids=stands.keys())
    a_day = is_day_of_cuts(today, weekdays=terms.cut_weekdays, holidays=holidays)
    cuts, spared = [], {}
    for pk, stand in stands.items():
        if stand.standing == Standing.SUSPENDED and slowed.get(pk):
            why = _spared_by(looks[pk], in_hours=in_hours) or (None if a_day else Spared.NOT_TODAY)
            if why is not None:
                spared[pk] = why
                continue
            cut_deeper(slowed[pk], today=today, now=now)
            cuts.append(_deeper(pk, slowed[pk]))
            continue
        why = _spared(stand, looks[pk], in_hours=in_hours)
        warning = warning_for(stand, warned)
        if why is None and warning is not None and not services[pk]:
            why = Spared.NOTHING_TO_CUT
        if why is None and warning is not None:
            day = day_of_cut(stand, warning, terms=terms, today=today, holidays=holidays)
            why = None if day == today else Spared.NOT_TODAY
        if why is not None or warning is None:
            spared[pk] = why or Spared.NOT_WARNED
            continue
        until = {one.pk: slower_until(one, policy=policy, today=today) for one in services[pk]}
        cuts.append(
            _cut(pk, stand, services[pk], terms, looks[pk], until, warned_day=warning.told_on, today=today, now=now)
        )
    return cuts, spared


def _spared(stand: Stand, look: LastLook, *, in_hours: bool) -> Spared | None:
    if stand.standing != Standing.SUSPENDABLE:
        return Spared.STANDS_WELL
    return _spared_by(look, in_hours=in_hours)


def _spared_by(look: LastLook, *, in_hours: bool) -> Spared | None:
    if not look.answered:
        return Spared.NOBODY_ANSWERED
    if look.money_on_its_way:
        return Spared.MONEY_ON_ITS_WAY
    if not look.bank_read:
        return Spared.BANK_NOT_READ
    return None if in_hours else Spared.NOT_NOW


def _deeper(customer_id: int, holds: Collection[Hold]) -> Cut:
    decision_id = max(hold.decision_id or 0 for hold in holds)
    return Cut(customer_id, decision_id, tuple(hold.service_id for hold in holds))


def _cut(
    customer_id: int,
    stand: Stand,
    services: Collection[Service],
    terms: Terms,
    look: LastLook,
    until: Mapping[int, date | None],
    *,
    warned_day: date,
    today: date,
    now: datetime,
) -> Cut:
    oldest = min(debt.due_on for debt in stand.cuttable)
    decision = CutDecision(
        customer_id=customer_id,
        day=today,
        rule={
            "grace_days": terms.grace_days,
            "min_overdue_amount": str(terms.min_overdue_amount),
            "min_overdue_debts": terms.min_overdue_debts,
            "warned_days": terms.warned_days,
        },
        receivable_ids=[debt.id for debt in stand.cuttable],
        overdue=sum(debt.open_amount for debt in stand.cuttable),
        oldest_due=oldest,
        warned_on=warned_day,
        last_look=asdict(look),
        created_at=now,
    )
    insert(decision)
    for service in services:
        hold_service(
            service=service,
            reason=Reason.NONPAYMENT,
            decision=decision,
            by=ITSELF,
            note="",
            today=today,
            now=now,
            slower_until=until[service.pk],
        )
    promise("tell_cut", key=f"tell_cut:{decision.pk}", now=now, priority=MAIL, decision_id=decision.pk)
    record("customer.cut", about=f"customer:{customer_id}", now=now, overdue=str(decision.overdue), cut=decision.pk)
    return Cut(customer_id, decision.pk, tuple(one.pk for one in services))
