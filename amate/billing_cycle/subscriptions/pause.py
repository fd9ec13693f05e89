"""Days without service that a customer or the company asks for, and going on again. A suspension for nonpayment writes its
days here too (`hold_days`, `lift_days`), so that billing reads one table."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from amate.audit.record import record
from amate.billing_cycle.subscriptions.agreed import Agreed, locked_agreement
from amate.billing_cycle.subscriptions.begin import term_of
from amate.billing_cycle.subscriptions.calendar import Grid, Unit, boundary, k_of
from amate.billing_cycle.subscriptions.due import Away
from amate.billing_cycle.subscriptions.give_back import charge_back, credit_days
from amate.billing_cycle.subscriptions.look_again import look_again
from amate.billing_cycle.subscriptions.models import Pause, PauseKind, Period, PlannedChange, SubscriptionState, Term
from amate.companies.fields import FieldsRefused
from amate.tenancy.writes import insert, insert_unless_there, rewrite

_DAY = timedelta(days=1)


class PauseRefused(FieldsRefused):
    """`errors`: a sentence for each wrong field. Nothing was written."""


@dataclass(frozen=True, slots=True)
class PauseOf:
    """The days [from_on, to_on), an empty end being until somebody says so. `charges`: it is paid for all the same.
    `credits`: what was billed of its days is taken off what comes next. `moves_anchor`: the calendar begins anew when it
    ends, else it stays where it was; what was billed of days that the new one charges again is taken off in any case."""

    from_on: date
    to_on: date | None
    charges: bool = False
    credits: bool = True
    moves_anchor: bool = False
    reason: str = ""


def pause(*, subscription_id: int, asked: PauseOf, today: date, now: datetime) -> Pause:
    """Write it down. Open debts stay as they are. Raises PauseRefused."""
    agreed = locked_agreement(subscription_id)
    _check(agreed, asked, today=today)
    row = Pause(
        subscription=agreed.subscription,
        kind=PauseKind.PAUSE,
        from_on=asked.from_on,
        to_on=asked.to_on,
        charges=asked.charges,
        credits=asked.credits,
        moves_anchor=asked.moves_anchor,
        reason=asked.reason[:300],
        made_at=now,
    )
    insert(row)
    back = _given_back(row)
    if back is not None:
        credit_days(agreed, back, key=f"pause:{row.pk}", on=row.from_on, now=now)
    if asked.moves_anchor:
        _cut(agreed, row)
        if asked.to_on is not None:
            _begin_anew(agreed, after=row.from_on, on=asked.to_on)
    record(
        "subscription.paused",
        about=f"subscription:{subscription_id}",
        now=now,
        from_on=str(asked.from_on),
        to_on=str(asked.to_on or ""),
        reason=asked.reason,
    )
    look_again(agreed.subscription, today=today, now=now)
    return row


def resume(*, subscription_id: int, on: date, today: date, now: datetime) -> Pause:
    """The pause that runs, or is to come, ends on that day; what is left of a period that was not charged for is. Raises
    PauseRefused."""
    agreed = locked_agreement(subscription_id)
    rows = [one for one in agreed.pauses if one.kind == PauseKind.PAUSE and (one.to_on is None or one.to_on > on)]
    row = min(rows, key=lambda one: one.from_on, default=None)
    if row is None:
        raise PauseRefused({"on": "No hay ninguna pausa que termine después de ese día"})
    if on < today:
        raise PauseRefused({"on": "Elige hoy o un día que venga"})
    back, planned = Away(max(on, row.from_on), row.to_on), row.to_on
    if row.moves_anchor and planned is not None:
        _check_move(agreed, old=planned)
    rewrite(row, to_on=back.start, ended_at=now)
    if row.moves_anchor:
        if row.charges or not row.credits:
            credit_days(agreed, back, key=f"resume:{row.pk}:{back.start}", on=row.from_on, now=now)
        if planned is None:
            _begin_anew(agreed, after=row.from_on, on=back.start)
        else:
            _move(agreed, old=planned, new=back.start)
    elif not row.charges:
        charge_back(agreed, row, back, now=now)
    record("subscription.resumed", about=f"subscription:{subscription_id}", now=now, on=str(on))
    look_again(agreed.subscription, today=today, now=now)
    return row


def hold_days(*, subscription_id: int, on: date, reason: str, now: datetime) -> None:
    """The service is cut from that day on. The caller, `service`, holds the payer's lock; doubled it is harmless."""
    insert_unless_there(
        Pause(
            subscription_id=subscription_id, kind=PauseKind.HELD, from_on=on, credits=False, reason=reason[:300],
            made_at=now,
        )
    )  # fmt: skip


def lift_days(*, subscription_id: int, on: date, today: date, now: datetime) -> None:
    """Service again from that day on; a period that waited for it is billed now."""
    agreed = locked_agreement(subscription_id)
    for one in agreed.pauses:
        if one.kind == PauseKind.HELD and one.to_on is None:
            rewrite(one, to_on=max(on, one.from_on), ended_at=now)
    if agreed.subscription.state == SubscriptionState.ACTIVE:
        look_again(agreed.subscription, today=today, now=now)


def _check(agreed: Agreed, asked: PauseOf, *, today: date) -> None:
    errors: dict[str, str] = {}
    if agreed.subscription.state != SubscriptionState.ACTIVE:
        errors["subscription"] = "Esta suscripción ya terminó"
    if asked.from_on < today:
        errors["from_on"] = "Elige hoy o un día que venga"
    if asked.to_on is not None and asked.to_on <= asked.from_on:
        errors["to_on"] = "Tiene que terminar después de empezar"
    wanted = Away(asked.from_on, asked.to_on)
    for one in agreed.pauses:
        if one.kind == PauseKind.PAUSE and _overlap(wanted, Away(one.from_on, one.to_on)):
            errors["from_on"] = "Ya hay una pausa en esos días: termínala primero"
    billed_on = Period.objects.filter(subscription=agreed.subscription, starts_on__gte=asked.from_on)
    if asked.moves_anchor and billed_on.exists():
        errors["moves_anchor"] = "Ya se cobró un periodo que empieza después: deja el día de cobro donde está"
    if asked.moves_anchor and agreed.terms[-1].unit == Unit.SEMIMONTH:
        errors["moves_anchor"] = "Las quincenas tienen días fijos: deja el día de cobro donde está"
    if errors:
        raise PauseRefused(errors)


def _overlap(a: Away, b: Away) -> bool:
    return (b.end is None or a.start < b.end) and (a.end is None or b.start < a.end)


def _given_back(row: Pause) -> Away | None:
    """Of what is billed already, the days that are taken off what comes next."""
    gives = row.credits and not row.charges
    if not row.moves_anchor:
        return Away(row.from_on, row.to_on) if gives else None
    start = row.from_on if gives else row.to_on  # from there on the new calendar charges whole periods
    return None if start is None else Away(start, None)


def _cut(agreed: Agreed, row: Pause) -> None:
    """The calendar stops where the pause begins, and so does a period that was billed beyond it."""
    last = agreed.terms[-1]
    if last.from_on >= row.from_on:
        raise PauseRefused({"moves_anchor": "Hay un cambio desde ese día o después: deja el día de cobro donde está"})
    rewrite(last, to_on=row.from_on)
    running = Period.objects.filter(
        subscription=agreed.subscription, starts_on__lt=row.from_on, ends_on__gt=row.from_on
    )
    running.update(ends_on=row.from_on)


def _begin_anew(agreed: Agreed, *, after: date, on: date) -> None:
    """The number goes on after that of the period which the pause cut on `after`, billed or not."""
    last = agreed.terms[-1]
    first_k = max(agreed.subscription.next_k, k_of(last.grid, after - _DAY) + 1)
    fresh = term_of(
        last.plan,
        Grid(on, Unit(last.unit), last.every, first_k=first_k),
        seq=last.seq + 1,
    )
    fresh.subscription, fresh.quantity, fresh.price = agreed.subscription, last.quantity, last.price
    insert(fresh)
    agreed.terms.append(fresh)


def _check_move(agreed: Agreed, *, old: date) -> None:
    if Period.objects.filter(subscription=agreed.subscription, starts_on__gte=old).exists():
        raise PauseRefused({"on": "Ya se cobró el periodo con el que vuelve: deja que la pausa termine en su día"})
    later = [one for one in agreed.terms if one.from_on >= old]
    if later != _chain(agreed, old) or any(one.to_on is not None for one in later[-1:]):
        raise PauseRefused({"on": "Después hay otra pausa que mueve el día de cobro: deja que esta termine en su día"})


def _chain(agreed: Agreed, old: date) -> list[Term]:
    """The term that begins when the pause ends, and those that follow it without a day between."""
    found: list[Term] = []
    for one in agreed.terms:
        if one.from_on == (found[-1].to_on if found else old):
            found.append(one)
    return found


def _move(agreed: Agreed, *, old: date, new: date) -> None:
    """The calendar that was to begin on `old` begins before, and what was decided for its periods goes with it."""
    terms = _chain(agreed, old)
    grids = [one.grid for one in terms]
    for at, one in enumerate(terms):
        if at == 0:
            one.from_on = one.anchor = new
            continue
        before = terms[at - 1]
        one.from_on = boundary(before.grid, k_of(grids[at - 1], grids[at].begins or grids[at].anchor))
        one.anchor = before.anchor if grids[at].anchor == grids[at - 1].anchor else one.from_on
    for one, following in zip(terms, [*terms[1:], None], strict=True):
        rewrite(one, anchor=one.anchor, from_on=one.from_on, to_on=following and following.from_on)
        PlannedChange.objects.filter(term=one).update(effective_on=one.from_on)
