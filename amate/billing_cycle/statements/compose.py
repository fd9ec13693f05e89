"""The statement of account as of a day, of up to 100 customers at once: kept for ever, or only looked at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from amate.audit.record import record
from amate.billing_cycle.statements.models import Statement
from amate.billing_cycle.statements.movements import Entry, Since, Standing, entries_of, standings_of
from amate.billing_cycle.statements.rows import rows_of, sums_of
from amate.billing_cycle.statements.sources import Called, Sources, sources_of
from amate.billing_cycle.statements.told import BUCKETS, ZERO, Item, Party, Told, Voucher, Way, digest_of, facts_of
from amate.billing_cycle.statements.vouchers import vouchers_of
from amate.billing_cycle.statements.ways import ways_of
from amate.companies.models import Emisor
from amate.customers.models import Customer
from amate.ledger.lock import lock_customers
from amate.ledger.queries import OpenItem
from amate.tenancy.writes import insert_all

AT_ONCE = 100
DAY = timedelta(days=1)
MXN = "MXN"
UNKNOWN = Called("", "")
LAST_DAYS = (30, 60, 90)  # of the buckets after the first


class NotYet(Exception):
    """A statement of a day that has not come. The message (Spanish) says so."""


@dataclass(frozen=True, slots=True)
class Drawn:
    told: Told
    previous: Statement | None
    through: int


def compose_statements(
    *, customer_ids: Collection[int], fecha_corte: date, today: date, now: datetime, moneda: str = MXN
) -> list[Statement]:
    """Write down how each stands at the end of that day, once a customer, cut-off and currency: what was told before is
    answered as it was. A fixed number of statements for up to 100.

    Raises NotYet, ValueError for more than 100, `customers.remaining.Merged`, Customer.DoesNotExist.
    """
    if len(customer_ids) > AT_ONCE:
        raise ValueError(f"{len(customer_ids)} statements at once: at most {AT_ONCE}")
    _check(fecha_corte, today)
    customers = lock_customers(customer_ids)
    numbers = [one.number for one in customers.values()]
    kept = {
        one.number: one
        for one in Statement.objects.select_related("customer").filter(
            number__in=numbers, fecha_corte=fecha_corte, moneda=moneda
        )
    }
    fresh = [one for one in customers.values() if one.number not in kept]
    drawn = _draw(fresh, fecha_corte=fecha_corte, moneda=moneda, now=now)
    made = [_statement(one, drawn[one.pk], now=now) for one in fresh]
    insert_all(made)
    if made:
        about = f"customer:{made[0].customer_id}" if len(made) == 1 else ""
        record("statement.made", about=about, now=now, day=fecha_corte.isoformat(), count=len(made))
    found = kept | {one.number: one for one in made}
    return [found[customers[pk].number] for pk in dict.fromkeys(customer_ids)]


def look_at_account(*, customer: Customer, fecha_corte: date, today: date, now: datetime, moneda: str = MXN) -> Told:
    """As it would be told now, and kept nowhere. Raises NotYet."""
    _check(fecha_corte, today)
    return _draw([customer], fecha_corte=fecha_corte, moneda=moneda, now=now)[customer.pk].told


def _check(fecha_corte: date, today: date) -> None:
    if fecha_corte > today:
        raise NotYet("Ese día todavía no llega: elige hoy o uno que ya pasó.")


def _draw(customers: Sequence[Customer], *, fecha_corte: date, moneda: str, now: datetime) -> dict[int, Drawn]:
    if not customers:
        return {}
    before = _before(customers, fecha_corte=fecha_corte, moneda=moneda)
    since = {one.pk: _since(before.get(one.number), fecha_corte) for one in customers}
    entries = entries_of(since, last=fecha_corte, moneda=moneda)
    standings = standings_of(since, last=fecha_corte, moneda=moneda)
    every = [entry for ones in entries.values() for entry in ones]
    sources = sources_of(
        list(since),
        debts=[one.receivable_id for one in every if one.receivable_id],
        payments=[one.payment_id for one in every if one.payment_id],
        on=fecha_corte,
        moneda=moneda,
    )
    emisor = Emisor.objects.get()
    vouchers = vouchers_of(list(since), now=now)
    # CLABE and cash take pesos: how to pay another currency is the company's to say.
    ways = ways_of({one.pk: one.number for one in customers}, emisor=emisor, now=now) if moneda == MXN else {}
    issuer = Party(emisor.nombre, emisor.rfc, telefono=emisor.telefono, correo=emisor.correo)
    return {
        one.pk: _told(
            one,
            issuer,
            before.get(one.number),
            since[one.pk],
            entries.get(one.pk, []),
            standings[one.pk],
            sources,
            ways.get(one.pk, ()),
            vouchers.get(one.pk, ()),
            fecha_corte=fecha_corte,
            moneda=moneda,
        )
        for one in customers
    }


def _before(customers: Sequence[Customer], *, fecha_corte: date, moneda: str) -> dict[int, Statement]:
    """The last statement before that day, by the customer's number."""
    rows = Statement.objects.filter(
        number__in=[one.number for one in customers], fecha_corte__lt=fecha_corte, moneda=moneda
    )
    rows = rows.order_by("number", "-fecha_corte").distinct("number").defer("facts")
    return {one.number: one for one in rows}


def _since(before: Statement | None, fecha_corte: date) -> Since:
    """What comes after the one before; the first one begins a month before its day."""
    if before is not None:
        return Since(before.fecha_corte + DAY, before.through)
    month_ago = fecha_corte.replace(day=1) - DAY
    return Since(month_ago.replace(day=min(month_ago.day, fecha_corte.day)) + DAY, 0)


def _told(
    customer: Customer,
    issuer: Party,
    before: Statement | None,
    since: Since,
    entries: Sequence[Entry],
    standing: Standing,
    sources: Sources,
    ways: tuple[Way, ...],
    vouchers: tuple[Voucher, ...],
    *,
    fecha_corte: date,
    moneda: str,
) -> Drawn:
    opening = standing.before if before is None else before.closing
    rows = rows_of(
        entries,
        opening=opening,
        closing=standing.closing,
        told_before=before.fecha_corte if before else None,
        debts=sources.debts,
        payments=sources.payments,
    )
    charges, payments, adjustments = sums_of(rows)
    items = [_item(one, sources.debts, fecha_corte) for one in sources.items.get(customer.pk, [])]
    told = Told(
        emisor=issuer,
        customer=Party(customer.nombre, customer.rfc, number=customer.number),
        moneda=moneda,
        since=since.first,
        fecha_corte=fecha_corte,
        opening=opening,
        charges=charges,
        payments=payments,
        adjustments=adjustments,
        closing=standing.closing,
        rows=tuple(rows),
        items=tuple(items),
        ageing=_ageing(items),
        services=tuple(sources.services.get(customer.pk, [])),
        ways=ways,
        credit=standing.credit,
        promise=sources.promises.get(customer.pk) if moneda == MXN else None,
        next_charge_on=sources.next_charges.get(customer.pk),
        vouchers=_of_items(vouchers, items),
    )
    return Drawn(told, before, standing.through)


def _of_items(vouchers: Sequence[Voucher], items: Sequence[Item]) -> tuple[Voucher, ...]:
    """Of another day than today a debt may have been another sum."""
    left = {one.receivable_id: one.left for one in items}
    return tuple(one for one in vouchers if left.get(one.receivable_id) == one.amount)


def _item(one: OpenItem, debts: Mapping[int, Called], on: date) -> Item:
    called = debts.get(one.receivable_id, UNKNOWN)
    late = (on - one.due_on).days
    return Item(
        one.receivable_id, called.document, called.concept, one.issued_on, one.due_on, one.total, one.left, late
    )


def _ageing(items: Sequence[Item]) -> tuple[Decimal, ...]:
    sums = [ZERO] * len(BUCKETS)
    for one in items:
        place = 0 if one.late <= 0 else 1 + sum(one.late > last for last in LAST_DAYS)
        sums[place] += one.left
    return tuple(sums)


def _statement(customer: Customer, drawn: Drawn, *, now: datetime) -> Statement:
    told, facts = drawn.told, facts_of(drawn.told)
    return Statement(
        customer=customer,
        number=customer.number,
        fecha_corte=told.fecha_corte,
        since=told.since,
        moneda=told.moneda,
        previous=drawn.previous,
        opening=told.opening,
        charges=told.charges,
        payments=told.payments,
        adjustments=told.adjustments,
        closing=told.closing,
        overdue=told.overdue,
        through=drawn.through,
        facts=facts,
        sha256=digest_of(facts),
        made_at=now,
    )
