"""Which forma de pago a provider's payments are invoiced with is the company's to say."""

from datetime import timedelta
from decimal import Decimal

import pytest

from amate.adapters.payments import FORMA_PAGO, METHODS, SPOKEN, Kind, Payer, PaymentEvent
from amate.billing_cycle.reconciliation.accounts import keep_account
from amate.billing_cycle.reconciliation.apply import apply_event
from amate.billing_cycle.reconciliation.choose_formas import METHOD_WORDS, choose_formas, formas_of
from amate.billing_cycle.reconciliation.how_paid import HOW_PAID, BadPayment
from amate.ledger.fee import fee_of
from amate.ledger.models import Payment
from tests.web.portal.buyer import words
from tests.world import World


def told(world: World, payment_id: str, *, method: str = "wallet", fee: str | None = "13.97") -> PaymentEvent:
    return PaymentEvent(
        provider="paypal", payment_id=payment_id, kind=Kind.PAID, amount=Decimal("399.00"), returned=Decimal("0.00"),
        currency="MXN", fee=None if fee is None else Decimal(fee), net=None, paid_at=world.now(), method=method,
        forma_pago=FORMA_PAGO[method], num_operacion="", our_reference="", provider_reference="", clabe_destino="",
        clave_rastreo="", payer=Payer(), raw_sha256="",
    )  # fmt: skip


def test_every_method_of_every_provider_has_its_words() -> None:
    assert set(METHODS) == set(SPOKEN)
    assert {method for some in METHODS.values() for method in some} == set(FORMA_PAGO) == set(METHOD_WORDS)
    assert set(FORMA_PAGO.values()) <= set(HOW_PAID)


def test_what_a_person_chose_is_what_a_payment_from_then_on_says(world: World) -> None:
    yesterday = world.now() - timedelta(days=1)
    facts = {"code": "paypal", "name": "PayPal", "private_key": "a:b", "webhook_keys": "", "api_url": ""}
    account = world.scoped(lambda: keep_account(**facts, now=yesterday))

    def apply(event: PaymentEvent) -> str:
        account.refresh_from_db()
        apply_event(event=event, account=account, now=world.now())
        return Payment.objects.get(provider_ref=event.payment_id).forma_pago

    assert world.scoped(lambda: apply(told(world, "O-1", fee=None))) == "31"
    desk = world.log_in()
    path = f"/oficina/{world.shop.slug}/ajustes/pagos/{account.pk}/"
    page = words(world.inside(lambda: desk.get(path)))
    assert "Saldo en el proveedor" in page
    said = {"wallet": "06", "credit": "04", "debit": "28"}
    assert world.inside(lambda: desk.post(f"{path}formas/", said)).status_code == 302
    assert world.scoped(lambda: formas_of(type(account).objects.get())) == said
    assert world.scoped(lambda: apply(told(world, "O-2"))) == "06"
    assert world.scoped(lambda: apply(told(world, "O-3", method="credit"))) == "04"
    # told again it stays as it came; its fee, known only now, is booked once
    assert world.scoped(lambda: [apply(told(world, "O-1")), apply(told(world, "O-1", fee="9.00"))]) == ["31", "31"]
    first = world.scoped(lambda: Payment.objects.get(provider_ref="O-1"))
    assert world.scoped(lambda: fee_of(first.pk)) == Decimal("13.97")
    assert "$13.97" in words(world.inside(lambda: desk.get(f"/oficina/{world.shop.slug}/pagos/{first.pk}/")))

    world.inside(lambda: desk.post(f"{path}formas/", {**said, "wallet": "99"}))
    assert world.scoped(lambda: formas_of(type(account).objects.get())) == said
    with pytest.raises(BadPayment):
        world.scoped(lambda: choose_formas(account_id=account.pk, formas={"wallet": "99"}, now=world.now()))
    kept = world.scoped(
        lambda: choose_formas(account_id=account.pk, formas={"wallet": "31", "cash": "02"}, now=world.now())
    )
    assert kept.formas == {}
