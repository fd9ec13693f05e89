"""Customers as staff make them, and a second hand with a connection of its own."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connections

from amate.customers.add import add_customer
from amate.customers.contacts import Said, add_contact
from amate.customers.current import current_of
from amate.customers.fingerprint import of_customer
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.fiscal.receptor import Receptor
from amate.tenancy.scope import company_scope
from tests.world import Shop, World

SURCO = Receptor("SDI190823KX4", "SURCO DISEÑO", "44160", "601", "G03")
INGRID = Receptor("XOJI740919U48", "INGRID XODAR JIMENEZ", "76028", "612", "G03")
JUAN = Receptor("XAXX010101000", "JUAN PEREZ LOPEZ", "44160", "616", "S01")


def written_down(
    world: World, receptor: Receptor | None = None, *, nombre: str = "", correo: str = "", shop: Shop | None = None
) -> Any:
    """A customer added by hand."""
    return world.scoped(lambda: add_customer(nombre=nombre, receptor=receptor, correo=correo, now=world.now()), shop)


def calls(world: World, customer: Customer, *, shop: Shop | None = None, **said: Any) -> Any:
    """A contact of the customer, added by staff."""
    whole = {"nombre": "", "correo": "", "telefono": "", "receives_invoices": False, "handles_payments": False, **said}
    return world.scoped(lambda: add_contact(customer_id=customer.pk, said=Said(**whole), now=world.now()), shop)


def again(world: World, customer: Customer) -> Any:
    return world.scoped(lambda: Customer.objects.get(pk=customer.pk))


def seen(world: World, customer: Customer) -> str:
    """What a page drawn now would carry."""
    return world.scoped(lambda: of_customer(Customer.objects.get(pk=customer.pk), current_of(customer)))


def current(world: World, customer: Customer) -> Any:
    return world.scoped(lambda: current_of(customer))


def versions(world: World, customer: Customer) -> list[tuple[str, str, bool]]:
    """(RFC, CP, whether it is current) of every accepted version, oldest first."""
    rows = world.scoped(
        lambda: list(FiscalProfile.objects.filter(customer=customer, accepted_at__isnull=False).order_by("id"))
    )
    return [(one.rfc, one.domicilio_fiscal, one.superseded_at is None) for one in rows]


def contacts(world: World, customer: Customer) -> list[tuple[str, str, bool]]:
    rows = world.scoped(lambda: list(Contact.objects.filter(customer=customer).order_by("id")))
    return [(one.nombre, one.correo, one.receives_invoices) for one in rows]


class Hand:
    """Somebody else at the same moment: a thread, a connection and a transaction of its own."""

    def __init__(self, world: World) -> None:
        self._company = world.shop.company.pk
        self._thread = ThreadPoolExecutor(1)
        self._may_commit = threading.Event()
        self._did = threading.Event()

    def does(self, act: Callable[[], Any], *, waits: bool = False) -> Future[Any]:
        """Begin the act. `waits`: it commits only when told so; this answers when the act is done and uncommitted."""

        def inside() -> Any:
            with company_scope(self._company):
                done = act()
                self._did.set()
                if waits:
                    assert self._may_commit.wait(20)
                return done

        future = self._thread.submit(inside)
        if waits:
            assert self._did.wait(20), future.result(timeout=1)
        return future

    def commits(self) -> None:
        self._may_commit.set()

    def leaves(self) -> None:
        self._may_commit.set()
        self._thread.submit(connections.close_all).result()
        self._thread.shutdown()


@contextmanager
def two_hands(world: World) -> Iterator[tuple[Hand, Hand]]:
    one, other = Hand(world), Hand(world)
    try:
        yield one, other
    finally:
        one.leaves()
        other.leaves()
