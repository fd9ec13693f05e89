"""A customer's own reference, asked from the provider; and whether the provider answers at all."""

from collections.abc import Iterator
from datetime import date

import pytest

from amate.adapters.payments import Way
from amate.billing_cycle.reconciliation.accounts import keep_account
from amate.billing_cycle.reconciliation.close_account import change_keys, close_account
from amate.billing_cycle.reconciliation.give_reference import CannotAsk, ask_reference
from amate.billing_cycle.reconciliation.models import PaymentReference, ProviderAccount
from amate.billing_cycle.reconciliation.try_account import ask_account
from amate.customers.contacts import Said, add_contact
from amate.customers.models import Customer
from tests.ledger.hands import charged, customer
from tests.payment_server import API_KEY, PaymentServer, serve_payments
from tests.world import World


@pytest.fixture(scope="module")
def _served() -> Iterator[PaymentServer]:
    with serve_payments() as server:
        yield server


@pytest.fixture
def known(world: World, _served: PaymentServer) -> tuple[ProviderAccount, Customer]:
    _served.admin("POST", "reset")

    def begin() -> tuple[ProviderAccount, Customer]:
        account = keep_account(
            code="conekta", name="Conekta", private_key=API_KEY, webhook_keys="", api_url=_served.url, now=world.now()
        )
        who = customer()
        charged(who, "p:1", 349, day=date(2026, 3, 1))
        return account, who

    return world.scoped(begin)


def reach(world: World, who: Customer) -> None:
    said = Said(
        nombre="Rosa",
        correo="rosa@example.com",
        telefono="442 123 4567",
        receives_invoices=False,
        handles_payments=True,
    )
    world.scoped(lambda: add_contact(customer_id=who.pk, said=said, now=world.now()))


def test_a_customer_gets_a_clabe_of_his_own_once(world: World, known: tuple[ProviderAccount, Customer]) -> None:
    account, who = known

    def ask(way: Way = Way.SPEI) -> None:
        ask_reference(customer_id=who.pk, account_id=account.pk, way=way, now=world.now())

    with pytest.raises(CannotAsk, match="correo y el teléfono"):
        world.scoped(ask)
    reach(world, who)
    world.scoped(ask)
    world.scoped(ask)
    world.settle()
    [given] = world.scoped(lambda: list(PaymentReference.objects.all()))
    assert (given.kind, len(given.value), given.customer_id, given.receivable_id) == ("clabe", 18, who.pk, None)
    with pytest.raises(CannotAsk, match="Ya tiene"):
        world.scoped(ask)
    world.scoped(lambda: ask(Way.CASH))
    world.settle()
    kinds = world.scoped(lambda: sorted(PaymentReference.objects.values_list("kind", flat=True)))
    assert kinds == ["cash", "clabe"]
    assert len(world.scoped(lambda: {one.facts["customer"] for one in PaymentReference.objects.all()})) == 1
    world.scoped(lambda: close_account(account_id=account.pk, now=world.now()))
    assert world.scoped(lambda: PaymentReference.objects.filter(ended_at__isnull=True).count()) == 0


def test_a_person_learns_whether_the_keys_are_right(world: World, known: tuple[ProviderAccount, Customer]) -> None:
    account, _ = known

    def told() -> tuple[bool, str]:
        world.scoped(lambda: ask_account(account_id=account.pk, now=world.now()))
        world.settle()
        found = world.scoped(lambda: ProviderAccount.objects.get())
        assert found.tried_at is not None
        return found.tried_well, found.tried_said

    assert told() == (True, "Contestó, y aceptó tus llaves.")
    world.scoped(lambda: change_keys(account_id=account.pk, private_key="otra", webhook_keys="", now=world.now()))
    well, said = told()
    assert not well
    assert said
