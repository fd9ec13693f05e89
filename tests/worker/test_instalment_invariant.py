"""Instalments that somebody moved behind the application's back show in the morning; what is lawful never does."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from amate.audit.models import Inspection, Invariant
from amate.invoices.credit import credit_invoice
from amate.invoices.models import Instalment, Invoice, Origin, State
from amate.worker.inspect import inspect
from tests.database import as_admin
from tests.invoices.life import cancel, hours_pass, issued, minutes_pass, the_receiver
from tests.invoices.test_rep import rep
from tests.world import World


def found(world: World, night: int) -> list[int]:
    """The numbers of the instalments that are broken."""
    world.inside(lambda: inspect(now=world.now() + timedelta(days=10_000 + 2 * night)))

    def numbers() -> list[int]:
        ids = Inspection.objects.get(invariant=Invariant.INSTALMENTS).ids
        return [Instalment.objects.get(pk=pk).num_parcialidad for pk in ids]

    return world.scoped(numbers)


def credit(world: World, invoice: Invoice, amount: str) -> Invoice:
    made = world.scoped(
        lambda: credit_invoice(
            invoice_id=invoice.pk,
            amount=Decimal(amount),
            quantities={},
            tipo_relacion="03",
            descripcion="Devolución",
            forma_pago="03",
            origin=Origin.OFFICE,
            now=world.now(),
        )
    )
    world.settle()
    return made


def behind(how: str, *values: Any) -> None:
    with as_admin(connection.settings_dict["NAME"]) as c:
        c.execute("SET session_replication_role = replica")  # no trigger is asked
        assert c.execute(how, values).rowcount


INVOICE = "UPDATE invoices_invoice SET {} WHERE kind = 'ingreso'"
INSTALMENT = "UPDATE invoices_instalment SET {} WHERE num_parcialidad = 2"
# {what breaks: (how, the numbers of the instalments that show it)}
BREAKS = {
    "more_is_paid_than_is_left_of_it": (INSTALMENT.format("imp_pagado = 440.01, imp_saldo_ant = 440.01"), [1, 2]),
    "the_invoice_is_lowered": (INVOICE.format("total = 959.99"), [1, 2]),
    "a_number_is_left_out": (INSTALMENT.format("num_parcialidad = 3"), [3]),
    "it_is_no_ppd": (INVOICE.format("metodo_pago = 'PUE', forma_pago = '03'"), [1, 2]),
    "the_invoice_is_gone": (
        INVOICE.format("state = 'cancelled', cancelled_how = 'without', cancelled_at = now()"),
        [1, 2],
    ),
    "a_receipt_stands_and_its_payment_does_not_count": (INSTALMENT.format("reopened_at = now()"), [2]),
}


@pytest.mark.parametrize("what", sorted(BREAKS))
def test_what_is_broken_is_found(world: World, what: str) -> None:
    """1,000.00 less 160.00, paid with 400.00 and 400.00."""
    invoice = issued(world, "1000.00", ppd=True)
    credit(world, invoice, "160.00")
    world.time_passes(minutes=1)
    for key in ("pago-1", "pago-2"):
        rep(world, {invoice: "400.00"}, key=key)
    world.settle()
    assert found(world, 1) == []
    how, seen = BREAKS[what]
    behind(how)
    assert found(world, 2) == seen


def test_lawful_lives_are_found_in_order(world: World) -> None:
    """Credited after it was paid; a place that waits for its next payment; a receipt that is on its way."""
    paid, other = issued(world, "1000.00", ppd=True), issued(world, "500.00", ppd=True)
    rep(world, {paid: "1000.00"}, key="pago-1")
    first = rep(world, {other: "100.00"}, key="pago-2")
    rep(world, {other: "200.00"}, key="pago-3")
    world.settle()
    world.time_passes(minutes=1)
    credit(world, paid, "300.00")
    cancel(world, first)
    world.settle()
    minutes_pass(world)
    assert world.invoice(first).state == State.IN_PROCESS
    assert found(world, 1) == []
    the_receiver(world, "accept", first)
    hours_pass(world)
    assert world.invoice(first).state == State.CANCELLED
    assert found(world, 2) == []
    rep(world, {other: "300.00"}, key="pago-4")
    assert found(world, 3) == []
