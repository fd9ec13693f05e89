"""The payment of an invoice in dollars says the rate of its own day, and may have come in pesos."""

from decimal import Decimal
from typing import Any

import pytest

from amate.fiscal.xml import parse
from amate.invoices.models import Instalment, Invoice, Kind, Stamp
from tests.web.office.test_invoice_life import page, send
from tests.web.office.test_new_invoice import IN_DOLLARS, issue
from tests.world import World

PAGO = "{http://www.sat.gob.mx/Pagos20}"


@pytest.fixture
def owed(world: World) -> Any:
    """1,160.00 USD on credit, invoiced at 18.4567."""
    issue(world, world.log_in(), pago="credito", **IN_DOLLARS)
    world.settle()
    return world.scoped(lambda: Invoice.objects.get())


def said(world: World, **typed: str) -> dict[str, str]:
    day = min(world.today().isoformat(), "2026-11-20")
    return {"fecha": day, "importe": "580.00", "forma_pago": "03", "clave": "c" * 32, "moneda": "USD", **typed}


def rep_of(world: World) -> Any:
    world.settle()
    return parse(bytes(world.scoped(lambda: Stamp.objects.get(invoice__kind=Kind.PAGO)).xml))


def test_the_complement_says_the_rate_of_the_day_of_the_payment(world: World, owed: Any) -> None:
    client = world.log_in()
    path = f"facturas/{owed.pk}/pago/"
    assert "Cuántos pesos valía un USD" in page(world, client, path)
    send(world, client, path, **said(world, tipo_cambio="19.1"))
    root = rep_of(world)
    pago, docto = next(root.iter(f"{PAGO}Pago")), next(root.iter(f"{PAGO}DoctoRelacionado"))
    assert (pago.get("MonedaP"), pago.get("TipoCambioP"), pago.get("Monto")) == ("USD", "19.1", "580.00")
    assert (docto.get("MonedaDR"), docto.get("EquivalenciaDR"), docto.get("ImpSaldoInsoluto")) == ("USD", "1", "580.00")
    assert next(root.iter(f"{PAGO}Totales")).get("MontoTotalPagos") == "11078.00"


def test_pesos_pay_dollars_at_the_rate_of_the_day(world: World, owed: Any) -> None:
    client = world.log_in()
    path = f"facturas/{owed.pk}/pago/"
    send(world, client, path, **said(world, moneda="MXN", importe="11078.00", tipo_cambio="19.1"))
    pago = next(rep_of(world).iter(f"{PAGO}Pago"))
    docto = next(pago.iter(f"{PAGO}DoctoRelacionado"))
    assert (pago.get("MonedaP"), pago.get("TipoCambioP"), pago.get("Monto")) == ("MXN", "1", "11078.00")
    assert (docto.get("MonedaDR"), docto.get("ImpPagado"), docto.get("EquivalenciaDR")) == (
        "USD",
        "580.00",
        "0.0523560209",
    )
    assert world.scoped(lambda: Instalment.objects.get().imp_pagado) == Decimal("580.00")


@pytest.mark.parametrize(("rate", "words"), [("", "Escribe cuántos pesos valía un USD"), ("0", "mayor que cero")])
def test_without_a_rate_nothing_is_written(world: World, owed: Any, rate: str, words: str) -> None:
    client = world.log_in()
    told = send(world, client, f"facturas/{owed.pk}/pago/", **said(world, tipo_cambio=rate))
    assert words in str(told.context["form"].errors["tipo_cambio"])
    assert not world.scoped(lambda: Invoice.objects.filter(kind=Kind.PAGO).exists())
