"""A page of a provider's where one debt is paid, made when somebody wants to pay at it: it lives for hours (ON_PRESS).

The provider is asked between two transactions (`worker.pages`). What is paid there is bound to its debt, as at any voucher.
"""

import hmac
from datetime import datetime, timedelta

from amate.access.link_token import token_of_seed
from amate.adapters.payments import ON_PRESS, ChargeRequest, Way
from amate.billing_cycle.reconciliation.give_reference import payer_of
from amate.billing_cycle.reconciliation.make_vouchers import MXN, Wanted, next_reference
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount, ReferenceKind
from amate.billing_cycle.reconciliation.voucher_rules import Debt, Offer
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.ledger.debts import concepts_of, owed_now
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise

KIND, LOOK = "make_page", "look_at_page"
LIVES = timedelta(hours=3)
TO_PAY = timedelta(minutes=20)  # a page that ends sooner is not given to anybody any more
BACK = "amate.payments.page"


class NothingToPay(Exception):
    """The debt is paid, or nobody's of this customer; or the company offers no such page."""


def pages_offered() -> list[ProviderAccount]:
    """The accounts that make pages when they are asked for."""
    rows = ProviderAccount.objects.filter(code__in=ON_PRESS, closed_at__isnull=True, voucher_ways__contains=["card"])
    return list(rows.order_by("id"))


def debt_at(*, customer_id: int, receivable_id: int, account_id: int) -> tuple[ProviderAccount, Debt, str]:
    """What would be paid there: the account, what is left of the debt and its concept. Raises NothingToPay."""
    account = next((one for one in pages_offered() if one.pk == account_id), None)
    owed = next((one for one in owed_now([customer_id]) if one.receivable_id == receivable_id), None)
    if account is None or owed is None or owed.moneda != MXN or owed.left <= 0:
        raise NothingToPay
    concept = concepts_of({receivable_id}).get(receivable_id, "Saldo anterior")
    return account, Debt(receivable_id, owed.left), concept


def page_of_debt(*, account: ProviderAccount, debt: Debt, now: datetime) -> PaymentReference | None:
    """The page that stands, asks for exactly what is left, and lives long enough to pay at it."""
    rows = PaymentReference.objects.filter(
        account=account, kind=ReferenceKind.ORDER, receivable_id=debt.receivable_id, amount=debt.left,
        ended_at__isnull=True, expires_at__gt=now + TO_PAY,
    )  # fmt: skip
    return rows.order_by("-id").first()


def ask_page(*, customer_id: int, receivable_id: int, account_id: int, now: datetime) -> None:
    """Owe it; pressed twice, or there already, it is one. Raises NothingToPay."""
    account, debt, _ = debt_at(customer_id=customer_id, receivable_id=receivable_id, account_id=account_id)
    if page_of_debt(account=account, debt=debt, now=now) is not None:
        return
    promise(
        KIND,
        key=key_of(account_id=account_id, receivable_id=receivable_id),
        now=now,
        priority=SOMEBODY_WAITS,
        customer_id=customer_id,
        receivable_id=receivable_id,
        account_id=account_id,
        asked_at=now.isoformat(),
    )


def key_of(*, account_id: int, receivable_id: int) -> str:
    return f"{KIND}:{account_id}:{receivable_id}"


def page_to_make(
    *, customer_id: int, receivable_id: int, account_id: int, asked_at: str, site: str, now: datetime
) -> Wanted | None:
    """By what is owed at this moment; None: it is paid meanwhile, or the page is there. `site`: what stands before the path
    that leads back. One asked for anew is another one of the provider's, whose earlier one has ended."""
    customer = find_remaining(Customer.objects.get(pk=customer_id))
    try:
        account, debt, concept = debt_at(customer_id=customer.pk, receivable_id=receivable_id, account_id=account_id)
    except NothingToPay:
        return None
    if page_of_debt(account=account, debt=debt, now=now) is not None:
        return None
    reference = next_reference(debt, Offer(account.pk, Way.CARD, on_press=True))
    request = ChargeRequest(
        our_reference=reference,
        amount=debt.left,
        way=Way.CARD,
        concept=concept,
        payer=payer_of(customer, account),
        expires_at=now + LIVES,
        back_url=f"{site}de-regreso/{reference}/{_token(reference)}/",
    )
    return Wanted(account, customer.pk, receivable_id, Way.CARD, request, f"page-{reference}-{debt.left}-{asked_at}")


def came_back(*, reference: str, token: str, now: datetime) -> bool:
    """Who paid at the page is back: ask its provider now, whatever he did there. False: nobody was sent with that token."""
    if not hmac.compare_digest(token.encode(), _token(reference).encode()):
        return False
    rows = PaymentReference.objects.filter(kind=ReferenceKind.ORDER, value=reference).exclude(payment_id="")
    found = rows.first()
    if found is not None:
        promise(LOOK, key=f"{LOOK}:{found.pk}", now=now, priority=SOMEBODY_WAITS, page_id=found.pk)
    return found is not None


def page_to_look_at(*, page_id: int) -> PaymentReference | None:
    """None: its account was closed."""
    rows = PaymentReference.objects.filter(pk=page_id, account__closed_at__isnull=True)
    return rows.select_related("account").first()


def _token(reference: str) -> str:
    return token_of_seed(reference, purpose=BACK)
