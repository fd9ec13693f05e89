"""A sale is registered once, adds up, and keeps its code and deadline."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from amate.companies.models import PortalPolicy
from amate.fiscal.ingreso import SaleLine, total_of
from amate.fiscal.money import Impuesto, Line
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.register import Sale, SaleAlreadyRegistered, TotalDoesNotAddUp, register_ticket

IVA = Impuesto("002", "Tasa", Decimal("0.160000"))


def line(precio: str, cantidad: str = "1", **more: Any) -> SaleLine:
    return SaleLine(
        line=Line(cantidad=Decimal(cantidad), precio=Decimal(precio), impuestos=(IVA,), **more),
        clave_prod_serv="90101700",
        clave_unidad="E48",
        descripcion="Desayuno",
    )


def a_sale(world: Any, *lines: SaleLine, **more: Any) -> Sale:
    sold = lines or (line("164.00"),)
    facts = {
        "source": "caja-1",
        "external_id": "77",
        "folio": "R-77",
        "sold_at": world.now() - timedelta(minutes=5),
        "forma_pago": "01",
        "total": total_of(sold),
        "lines": sold,
    }
    return Sale(**{**facts, **more})


def register(world: Any, sale: Sale) -> tuple[Ticket, bool]:
    return world.scoped(lambda: register_ticket(sale=sale, branch=world.shop.branch, now=world.now()))


def test_it_gives_a_code_and_a_deadline(world: Any) -> None:
    ticket, new = register(world, a_sale(world))
    assert new
    assert len(ticket.code) == 12
    assert ticket.total == Decimal("164.00")
    assert ticket.total_cents == 16400
    assert ticket.deadline - world.now() > timedelta(days=29)


def test_repeating_it_gives_the_same_ticket(world: Any) -> None:
    sale = a_sale(world)
    first, _ = register(world, sale)
    world.ahead += timedelta(days=2)
    again, new = register(world, sale)
    assert not new
    assert (again.pk, again.code, again.deadline) == (first.pk, first.code, first.deadline)


def test_the_same_sale_with_other_content_is_refused(world: Any) -> None:
    sale = a_sale(world)
    first, _ = register(world, sale)
    with pytest.raises(SaleAlreadyRegistered) as refusal:
        register(world, replace(sale, lines=(line("100.00"),), total=Decimal("100.00")))
    assert refusal.value.ticket.pk == first.pk


def test_a_total_that_does_not_add_up_is_refused_with_both_sums(world: Any) -> None:
    with pytest.raises(TotalDoesNotAddUp) as refusal:
        register(world, a_sale(world, total=Decimal("164.01")))
    assert (refusal.value.said, refusal.value.computed) == (Decimal("164.01"), Decimal("164.00"))
    assert world.scoped(lambda: Ticket.objects.count()) == 0


def test_a_later_change_of_the_rules_leaves_a_printed_deadline_alone(world: Any) -> None:
    ticket, _ = register(world, a_sale(world))

    def stricter() -> None:
        PortalPolicy.objects.create(effective_from=(world.now() - timedelta(days=1)).date(), window_days=1)

    world.scoped(stricter)
    again, _ = register(world, a_sale(world, external_id="78", folio="R-78"))
    assert world.scoped(lambda: Ticket.objects.get(pk=ticket.pk)).deadline == ticket.deadline
    assert again.deadline < ticket.deadline


def test_two_companies_may_use_the_same_sale_number(world: Any) -> None:
    sale = a_sale(world)
    ours, _ = register(world, sale)
    theirs, new = world.scoped(
        lambda: register_ticket(sale=sale, branch=world.other.branch, now=world.now()), world.other
    )
    assert new
    assert theirs.pk != ours.pk


def test_the_invoice_of_any_ticket_has_its_printed_total(world: Any) -> None:
    """Twenty random tickets through the whole way to the stamp (the fiscal suite does 1,500 without the PAC)."""
    from amate.fiscal.xml import parse
    from amate.invoices.models import Stamp

    chosen = random.Random(2026)
    invoices = {}
    for number in range(20):
        lines = tuple(
            line(
                f"{chosen.randint(100, 90_000) / 100:.2f}", str(chosen.choice(["1", "2", "3", "0.250", "1.375", "12"]))
            )
            for _ in range(chosen.randint(1, 12))
        )
        ticket, _ = register(world, a_sale(world, *lines, external_id=str(number), folio=f"R-{number}"))
        invoices[world.claim(ticket).pk] = ticket
    world.settle()
    for pk, ticket in invoices.items():
        xml = world.scoped(lambda pk=pk: bytes(Stamp.objects.get(invoice_id=pk).xml))
        assert parse(xml).get("Total") == f"{ticket.total:.2f}"
