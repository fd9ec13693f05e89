"""A debt gets vouchers of its own: a reference of cash, a CLABE, a page for a card, each for exactly what is left of it.

The provider is asked between two transactions (`worker.vouchers`). What is paid at one is bound to its debt and settles it
first, also when it was ended meanwhile: its row stays and says whose the money is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from amate.adapters.payments import CASH_LEAST, CASH_MOST, ON_PRESS, Charge, ChargeRequest, PayAt, Way
from amate.audit.record import record
from amate.billing_cycle.reconciliation.give_reference import payer_of
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount, ReferenceKind
from amate.billing_cycle.reconciliation.offer_vouchers import offers_now
from amate.billing_cycle.reconciliation.voucher_rules import Debt, Offer, Standing, turn_of
from amate.companies.day import day_of, zone_of_company
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.ledger.debts import concepts_of, owed_now
from amate.promises.kinds import BATCH
from amate.promises.promise import promise_all
from amate.tenancy.scope import open_company
from amate.tenancy.writes import insert_unless_there

MXN = "MXN"
KINDS = {Way.CASH: ReferenceKind.CASH, Way.SPEI: ReferenceKind.CLABE, Way.CARD: ReferenceKind.ORDER}
WAYS = {kind.value: way for way, kind in KINDS.items()}
LAST_DAY = timedelta(days=29)  # until its end; a reference of cash lives thirty days at most (PAY-9)
A_DAY = timedelta(days=1)

# Whose debts and vouchers differ. Who has no mail or telephone can be given none, and is not asked about again and again.
_WHOSE = """
WITH offer AS (SELECT * FROM unnest(%(accounts)s::bigint[], %(kinds)s::text[], %(on_press)s::bool[])
  AS o(account_id, kind, on_press)),
owed AS (
  SELECT r.id, r.customer_id, r.total - coalesce((
    SELECT sum(a.amount) FROM ledger_allocation a
    WHERE a.receivable_id = r.id AND a.company_id = r.company_id AND a.reversed_on IS NULL), 0) AS unpaid
  FROM ledger_receivable r WHERE r.state = 'open' AND r.settled_on IS NULL AND r.moneda = 'MXN'
), standing AS (
  SELECT receivable_id, customer_id, account_id, kind, amount, expires_at FROM reconciliation_paymentreference
  WHERE amount IS NOT NULL AND ended_at IS NULL
)
SELECT s.customer_id FROM standing s
LEFT JOIN owed ON owed.id = s.receivable_id
LEFT JOIN offer ON offer.account_id = s.account_id AND offer.kind = s.kind
WHERE owed.id IS NULL OR owed.unpaid <> s.amount OR offer.kind IS NULL OR s.expires_at <= %(now)s
UNION
SELECT owed.customer_id FROM owed CROSS JOIN offer
JOIN customers_customer c ON c.id = owed.customer_id
WHERE NOT offer.on_press AND (offer.kind <> 'cash' OR owed.unpaid BETWEEN %(least)s AND %(most)s)
  AND NOT EXISTS (SELECT 1 FROM standing s WHERE s.receivable_id = owed.id AND s.account_id = offer.account_id
    AND s.kind = offer.kind AND s.amount = owed.unpaid AND s.expires_at > %(now)s)
  AND EXISTS (SELECT 1 FROM customers_contact p WHERE p.customer_id = c.id AND p.telefono <> '')
  AND (c.correo <> '' OR EXISTS (SELECT 1 FROM customers_contact p WHERE p.customer_id = c.id AND p.correo <> ''))
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One to be made. `key`: asked twice for the same, the provider gives the same."""

    account: ProviderAccount
    customer_id: int
    receivable_id: int
    way: Way
    request: ChargeRequest
    key: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A customer's turn: what the provider is asked, with no transaction open."""

    end: Sequence[PaymentReference]
    make: Sequence[Wanted]


def plan_vouchers(*, now: datetime) -> int:
    """Owe a turn to every customer whose vouchers are not what his debts want; answers how many those are."""
    offers = offers_now()
    if not offers and not _any_standing():
        return 0
    values: dict[str, Any] = {
        "accounts": [one.account_id for one in offers],
        "kinds": [KINDS[one.way].value for one in offers],
        "on_press": [one.on_press for one in offers],
        "least": CASH_LEAST,
        "most": CASH_MOST,
        "now": now,
    }
    with connection.cursor() as c:
        c.execute(_WHOSE, values)
        ids = [pk for (pk,) in c.fetchall()]
    wanted = {f"vouchers:{pk}": {"customer_id": pk} for pk in ids}
    promise_all(kind="make_vouchers", wanted=wanted, now=now, priority=BATCH)
    return len(ids)


def vouchers_to_ask(*, customer_id: int, back_url: str, now: datetime) -> Asked:
    """By what he owes at this moment."""
    customer = find_remaining(Customer.objects.get(pk=customer_id))
    rows = list(_standing().filter(customer=customer).select_related("account"))
    owed = [one for one in owed_now([customer.pk]) if one.moneda == MXN]
    turn = turn_of(
        debts=[Debt(one.receivable_id, one.left) for one in owed],
        standing=[_as_plain(one) for one in rows],
        offers=offers_now(),
        now=now,
    )
    accounts = ProviderAccount.objects.in_bulk([offer.account_id for _, offer in turn.make])
    payers = {pk: payer_of(customer, account) for pk, account in accounts.items()}
    concepts = concepts_of({debt.receivable_id for debt, _ in turn.make})
    last_day = day_of(now) + LAST_DAY
    until = datetime.combine(last_day + A_DAY, time(), zone_of_company())
    made = []
    for debt, offer in turn.make:
        payer, account = payers[offer.account_id], accounts[offer.account_id]
        if not payer.email or not payer.phone:
            continue
        reference = next_reference(debt, offer)
        request = ChargeRequest(
            our_reference=reference,
            amount=debt.left,
            way=offer.way,
            concept=concepts.get(debt.receivable_id, "Saldo anterior"),
            payer=payer,
            expires_at=until,
            back_url=back_url,
        )
        key = f"voucher-{reference}-{debt.left}-{last_day.isoformat()}"
        made.append(Wanted(account, customer.pk, debt.receivable_id, offer.way, request, key))
    return Asked([one for one in rows if one.pk in turn.end], made)


def charge_to_cancel(voucher: PaymentReference) -> Charge:
    """As its provider knows it."""
    amount = voucher.amount or Decimal(0)
    return Charge(str(voucher.facts.get("order", "")), voucher.payment_id, "", amount, (), voucher.expires_at)


def end_voucher(*, voucher_id: int, now: datetime) -> None:
    """It is shown to nobody any more; money that comes by it is known all the same."""
    PaymentReference.objects.filter(pk=voucher_id, ended_at__isnull=True).update(ended_at=now)


def record_voucher(*, wanted: Wanted, made: Charge, now: datetime) -> None:
    """For what the provider says that it asks for: if the debt changed meanwhile, the next turn ends it. Once."""
    at = made.pay_at[0]
    customer = find_remaining(Customer.objects.get(pk=wanted.customer_id))
    kept = PaymentReference(
        kind=KINDS[wanted.way],
        value=made.our_reference if wanted.way is Way.CARD else at.reference,
        customer=customer,
        receivable_id=wanted.receivable_id,
        account=wanted.account,
        payment_id=made.payment_id,
        facts=_facts(made, at),
        amount=made.amount,
        expires_at=made.expires_at or wanted.request.expires_at,
        created_at=now,
    )
    if insert_unless_there(kept):
        record(
            "payment.voucher_made",
            about=f"customer:{customer.pk}",
            now=now,
            kind=kept.get_kind_display(),
            value=kept.value,
            amount=str(kept.amount),
        )


def _facts(made: Charge, at: PayAt) -> dict[str, object]:
    said: dict[str, object] = {
        "bank": at.bank,
        "barcode": at.barcode_url,
        "shops": list(at.shops),
        "url": at.url,
        "agreement": at.agreement,
    }
    return {name: value for name, value in said.items() if value} | {"order": made.charge_id}


def _standing() -> Any:
    return PaymentReference.objects.filter(amount__isnull=False, ended_at__isnull=True)


def _any_standing() -> bool:
    return bool(_standing().exists())


def _as_plain(one: PaymentReference) -> Standing:
    assert one.receivable_id is not None and one.account is not None  # noqa: PT018 the table says so
    assert one.amount is not None and one.expires_at is not None  # noqa: PT018
    offer = Offer(one.account.pk, WAYS[one.kind], one.account.code in ON_PRESS)
    return Standing(one.pk, one.receivable_id, offer, one.amount, one.expires_at)


def next_reference(debt: Debt, offer: Offer) -> str:
    """Ours for the voucher: another one each time that one was made."""
    before = PaymentReference.objects.filter(
        receivable_id=debt.receivable_id, account_id=offer.account_id, kind=KINDS[offer.way]
    )
    return f"{open_company()}-{debt.receivable_id}-{offer.way.value}-{before.count() + 1}"
