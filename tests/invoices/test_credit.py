"""Credit notes: by amount or by line, at the invoice's own rates, never above what is left (FEATURES 147, DB-5)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from amate.fiscal.comprobante import DocumentRefused
from amate.fiscal.xml import parse
from amate.invoices.credit import NotCreditable, credit_invoice
from amate.invoices.models import Cancellation, Invoice, Kind, Origin, Stamp, State
from tests.invoices.life import cancel, issued, minutes_pass, replaced
from tests.stories.processes import Crowd


def credit(world: Any, invoice: Invoice, amount: str | None = None, **other: Any) -> Invoice:
    def act() -> Invoice:
        asked: dict[str, Any] = {
            "amount": None if amount is None else Decimal(amount),
            "quantities": {},
            "tipo_relacion": "01",
            "descripcion": "Bonificación",
            "forma_pago": "03",
            "origin": Origin.OFFICE,
        }
        return credit_invoice(invoice_id=invoice.pk, now=world.now(), **{**asked, **other})

    return world.scoped(act)  # type: ignore[no-any-return]


def xml_of(world: Any, invoice: Invoice) -> Any:
    return parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=invoice).xml)))


def test_by_amount_it_names_the_invoice_at_its_rates_in_a_series_of_its_own(world: Any) -> None:
    invoice = issued(world, "1160.00")
    note = credit(world, invoice, "348.00")
    world.settle()
    found = world.invoice(note)
    assert (found.state, found.kind, found.tipo) == (State.STAMPED, Kind.EGRESO, "E")
    assert found.number == f"{invoice.serie}-NC-1"
    root = xml_of(world, note)
    assert (root.get("TipoDeComprobante"), root.get("Total"), root.get("FormaPago")) == ("E", "348.00", "03")
    assert root.find("{*}Receptor").get("UsoCFDI") == "G02"
    (node,) = root.iterfind("{*}CfdiRelacionados")
    assert node.get("TipoRelacion") == "01"
    assert node[0].get("UUID") == str(invoice.uuid).upper()
    tax = root.find("{*}Impuestos/{*}Traslados/{*}Traslado")
    assert (tax.get("Base"), tax.get("TasaOCuota"), tax.get("Importe")) == ("300.00", "0.160000", "48.00")


def test_never_above_what_is_left_however_it_is_split(world: Any) -> None:
    invoice = issued(world, "1160.00")
    credit(world, invoice, "1000.00")
    with pytest.raises(NotCreditable, match=r"quedan 160\.00"):
        credit(world, invoice, "160.01")
    credit(world, invoice, "160.00")
    with pytest.raises(NotCreditable, match=r"quedan 0\.00"):
        credit(world, invoice, "0.01")
    world.settle()


def test_by_line_and_quantity_the_rest_is_the_rest(world: Any) -> None:
    invoice = issued(world, "33.33", cantidad="3")
    first = credit(world, invoice, quantities={0: Decimal(1)}, tipo_relacion="03", descripcion="Devolución")
    assert first.total == Decimal("33.33")
    second = credit(world, invoice, quantities={0: Decimal(2)}, tipo_relacion="03", descripcion="Devolución")
    assert first.total + second.total == invoice.total
    world.settle()
    assert {world.invoice(one).state for one in (first, second)} == {State.STAMPED}
    (concept,) = xml_of(world, second).iterfind("{*}Conceptos/{*}Concepto")
    assert "2 de Servicio de diseño" in concept.get("Descripcion")


def test_more_of_a_line_than_was_sold_is_refused(world: Any) -> None:
    invoice = issued(world, "33.33", cantidad="3")
    with pytest.raises(NotCreditable, match="se facturaron 3"):
        credit(world, invoice, quantities={0: Decimal("3.5")})
    with pytest.raises(NotCreditable, match="Elige qué"):
        credit(world, invoice)
    with pytest.raises(DocumentRefused):
        credit(world, invoice, "10.00", forma_pago="99")


def test_two_at_once_never_take_the_same_money_twice(world: Any) -> None:
    invoice = issued(world, "1160.00")

    def one() -> Invoice:
        from amate.tenancy.scope import company_scope

        with company_scope(world.shop.company.pk):
            return credit_invoice(
                invoice_id=invoice.pk,
                amount=Decimal("700.00"),
                quantities={},
                tipo_relacion="01",
                descripcion="Bonificación",
                forma_pago="03",
                origin=Origin.OFFICE,
                now=world.now(),
            )

    crowd = Crowd(4)
    try:
        ends = crowd.at_once(one, one, one, one)
    finally:
        crowd.go_home()
        connections.close_all()
    assert [type(end).__name__ for end in ends].count("Invoice") == 1
    assert [type(end).__name__ for end in ends].count("NotCreditable") == 3


def test_a_cancelled_note_gives_back_what_it_took(world: Any) -> None:
    invoice = issued(world, "1160.00")
    note = credit(world, invoice, "1160.00")
    world.settle()
    cancel(world, note)
    world.settle()
    minutes_pass(world)
    assert world.invoice(note).state == State.CANCELLED
    credit(world, invoice, "1160.00")


def test_the_invoice_is_cancelled_after_its_credit_note(world: Any) -> None:
    invoice = issued(world, "900.00")
    note = credit(world, invoice, "100.00")
    world.settle()
    cancel(world, invoice)
    world.settle()
    assert (world.invoice(note).state, world.invoice(invoice).state) == (State.CANCEL_REQUESTED, State.STAMPED)
    minutes_pass(world)
    minutes_pass(world)
    assert {world.invoice(one).state for one in (note, invoice)} == {State.CANCELLED}
    order = world.scoped(lambda: list(Cancellation.objects.order_by("settled_at").values_list("invoice_id", flat=True)))
    assert order == [note.pk, invoice.pk]


def test_what_is_being_cancelled_or_was_replaced_is_not_credited(world: Any) -> None:
    replaced(world, invoice := issued(world, "900.00"))
    with pytest.raises(NotCreditable, match="se está cancelando"):
        credit(world, invoice, "1.00")
    world.settle()
    with pytest.raises(NotCreditable, match="no está vigente"):
        credit(world, invoice, "1.00")
