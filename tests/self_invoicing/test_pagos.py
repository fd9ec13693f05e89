"""A sale paid in several ways: the payments add up, the CFDI names the one by which most was paid, everybody sees all."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from amate.fiscal.xml import parse
from amate.intake.cells import CellRefused
from amate.intake.formas import read_pagos
from amate.intake.found import Bad
from amate.invoices.lines import lines_to_json
from amate.invoices.models import Stamp
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.pagos import Pago, PagosDoNotAddUp, main_forma
from amate.self_invoicing.register import SaleAlreadyRegistered, digest_of
from tests.intake.test_credit_and_returns import found
from tests.papers.reading import spaced, text_of
from tests.self_invoicing.test_register import a_sale, register
from tests.web.api.sales import sale
from tests.web.office.desk import Office
from tests.web.portal.buyer import Buyer, words
from tests.world import World

MIXED = [{"forma_pago": "01", "importe": "58.00"}, {"forma_pago": "28", "importe": "58.00"}]


def pagos(*said: tuple[str, str]) -> tuple[Pago, ...]:
    return tuple(Pago(forma, Decimal(importe)) for forma, importe in said)


@pytest.mark.parametrize(
    ("said", "main"),
    [
        ([("01", "64.00"), ("28", "100.00")], "28"),
        ([("28", "82.00"), ("01", "82.00")], "28"),
        ([("01", "82.00"), ("28", "82.00")], "01"),
        ([("01", "70.00"), ("04", "40.00"), ("04", "54.00")], "04"),
    ],
)
def test_the_cfdi_names_the_way_by_which_most_was_paid(
    world: World, said: Sequence[tuple[str, str]], main: str
) -> None:
    paid = pagos(*said)
    ticket, _ = register(world, a_sale(world, pagos=paid, forma_pago=main_forma(paid)))
    assert ticket.forma_pago == main
    world.claim(ticket)
    world.settle()
    stamp = world.scoped(lambda: Stamp.objects.get())
    assert parse(bytes(stamp.xml)).get("FormaPago") == main
    assert parse(bytes(stamp.xml)).get("MetodoPago") == "PUE"


def test_payments_that_do_not_add_up_register_nothing(world: World) -> None:
    paid = pagos(("01", "64.00"), ("28", "99.99"))
    with pytest.raises(PagosDoNotAddUp, match=r"Los pagos suman 163\.99 y la venta es de 164\.00"):
        register(world, a_sale(world, pagos=paid, forma_pago="28"))
    assert world.scoped(Ticket.objects.count) == 0


def test_other_payments_are_another_sale_and_the_same_are_the_same(world: World) -> None:
    paid = pagos(("01", "64.00"), ("28", "100.00"))
    sold = a_sale(world, pagos=paid, forma_pago="28")
    first, _ = register(world, sold)
    assert register(world, sold) == (first, False)
    with pytest.raises(SaleAlreadyRegistered):
        register(world, replace(sold, pagos=pagos(("01", "60.00"), ("28", "104.00"))))


def test_a_sale_paid_in_one_way_is_known_by_the_digest_it_always_had(world: World) -> None:
    """Registered by an earlier edition, and sent again by its till after the upgrade."""
    import json
    from hashlib import sha256

    one = a_sale(world)
    lines = lines_to_json(one.lines)
    said = ["centro", "R-77", one.sold_at.timestamp(), "01", "164.00", "MXN", lines]
    assert digest_of(one, "centro", lines) == sha256(json.dumps(said, sort_keys=True).encode()).digest()


# ------------------------------------------------------------ API


def put(world: World, **changes: Any) -> Any:
    return world.api("PUT", "/tickets/caja-1/A-1", sale(**changes))


def errors(answer: Any) -> dict[str, str]:
    return {one["pointer"]: one["detail"] for one in answer.json()["errors"]}


def test_the_api_takes_several_payments_and_gives_them_back(world: World) -> None:
    body = sale(pagos=MIXED)
    del body["forma_pago"]
    answer = world.api("PUT", "/tickets/caja-1/A-1", body)
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["forma_pago"], said["pagos"]) == ("01", MIXED)
    assert world.api("PUT", "/tickets/caja-1/A-1", body).status_code == 200
    assert put(world, pagos=MIXED, forma_pago="01").status_code == 200


@pytest.mark.parametrize(
    ("changes", "pointer", "sentence"),
    [
        ({"forma_pago": "28", "pagos": [{"forma_pago": "01", "importe": "40.00"}, *MIXED[1:]]}, "/pagos", "Los pagos suman 98.00 y la venta es de 116.00"),
        ({"pagos": MIXED, "forma_pago": "28"}, "/forma_pago", "Con esos pagos la factura lleva 01"),
        ({"pagos": [{"forma_pago": "99", "importe": "100.00"}]}, "/pagos/0/forma_pago", "99 (por definir) es solo para"),
        ({"pagos": [{"forma_pago": "77", "importe": "100.00"}]}, "/pagos/0/forma_pago", "El SAT no tiene la forma de pago"),
        ({"pagos": [*MIXED, {"forma_pago": "03", "importe": "0.00"}]}, "/pagos/2/importe", "Cada pago es mayor que cero"),
        ({"pagos": MIXED, "forma_pago": "99", "metodo_pago": "PPD"}, "/pagos", "A crédito (PPD) todavía no hay pagos"),
        ({"forma_pago": None}, "/forma_pago", "Di cómo se pagó"),
    ],
)  # fmt: skip
def test_the_api_says_what_is_wrong_with_them(world: World, changes: Any, pointer: str, sentence: str) -> None:
    answer = put(world, **changes)
    assert answer.status_code == 422
    found = errors(answer)
    assert sentence in found[pointer], found
    assert world.scoped(Ticket.objects.count) == 0


# ------------------------------------------------------------ files


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Efectivo 50 + Tarjeta de débito 66.00", [("01", "50.00"), ("28", "66.00")]),
        ("01: $1,050.00; 04: 200", [("01", "1050.00"), ("04", "200.00")]),
        ("03 - Transferencia (20.50) | Efectivo = 10", [("03", "20.50"), ("01", "10.00")]),
        ("Efectivo", []),
        ("03 - Transferencia", []),
    ],
)
def test_a_cell_may_say_several(cell: str, said: list[tuple[str, str]]) -> None:
    assert [(one.forma_pago, str(one.importe)) for one in read_pagos(cell)] == said


@pytest.mark.parametrize("cell", ["Efectivo + Tarjeta de débito 66", "50 + 66", "Efectivo 0 + Efectivo 5"])
def test_a_cell_that_does_not_say_how_much_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused):
        read_pagos(cell)


def of_a_file(cell: str) -> Any:
    (one,) = found(["Folio", "Fecha", "Total", "Forma de pago"], ["F-1", "21/11/2026", "116.00", cell])
    return [wrong.sentence for wrong in one.errors] if isinstance(one, Bad) else one.thing.sale


def test_a_file_brings_several_and_they_must_add_up() -> None:
    sold = of_a_file("Efectivo 50 + Tarjeta de débito 66")
    assert (sold.forma_pago, sold.pagos) == ("28", pagos(("01", "50.00"), ("28", "66.00")))
    assert of_a_file("Efectivo 50 + Tarjeta de débito 60") == [
        "Los pagos suman 110.00 y la venta es de 116.00: corrige los importes."
    ]
    assert "le falta su importe" in of_a_file("Efectivo + Tarjeta de débito 60")[0]
    assert of_a_file("Efectivo").pagos == ()


# ------------------------------------------------------------ the counter


def typed(**more: str) -> dict[str, str]:
    from tests.web.office.test_counter_sale import SALE

    return {**SALE, "accion": "nota", **more}


def test_the_counter_takes_others_and_leaves_the_rest_to_the_first(world: World) -> None:
    client = world.log_in()
    path = f"{world.shop.office}mostrador/venta/"
    data = typed(pago="01", pago_2="28", importe_2="$1,500.00", pago_3="03", importe_3="20")
    assert world.inside(lambda: client.post(path, data)).status_code == 302
    ticket = world.scoped(lambda: Ticket.objects.get())
    assert ticket.pagos == [
        {"forma_pago": "01", "importe": "800.00"},
        {"forma_pago": "28", "importe": "1500.00"},
        {"forma_pago": "03", "importe": "20.00"},
    ]
    assert ticket.forma_pago == "28"
    again = world.inside(lambda: client.post(path, data))
    assert again["Location"].endswith(f"notas/{ticket.pk}/"), "a double click is one sale"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"pago_2": "28", "importe_2": "2320"}, "Las otras formas suman $2,320.00 y la venta es de $2,320.00"),
        ({"pago_2": "28", "importe_2": "9999"}, "Las otras formas suman $9,999.00"),
        ({"pago_2": "28"}, "Escribe cuánto pagó así"),
        ({"importe_2": "5"}, "Elige con qué lo pagó"),
        ({"pago_2": "99", "importe_2": "5"}, "Elige cómo pagó de la lista"),
        ({"pago": "credito", "pago_2": "28", "importe_2": "5"}, "A crédito todavía no hay pagos"),
        ({"pago_2": "28", "importe_2": "5.001"}, "Escríbelo con pesos y centavos"),
    ],
)
def test_the_counter_says_what_is_wrong_with_them(world: World, said: dict[str, str], sentence: str) -> None:
    client = world.log_in()
    answer = world.inside(lambda: client.post(f"{world.shop.office}mostrador/venta/", typed(**said)))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert world.scoped(Ticket.objects.count) == 0


# ------------------------------------------------------------ who sees them


def test_note_office_and_portal_show_every_payment(world: World) -> None:
    body = sale(pagos=[{"forma_pago": "01", "importe": "40.00"}, {"forma_pago": "28", "importe": "76.00"}])
    del body["forma_pago"]
    code = world.api("PUT", "/tickets/caja-1/A-1", body).json()["code"]
    text = spaced(text_of(world.api("GET", f"/tickets/{code}/note.pdf").content)).replace("\N{NO-BREAK SPACE}", " ")
    assert "Efectivo $40.00" in text
    assert "Tarjeta de débito $76.00" in text
    ticket = world.scoped(lambda: Ticket.objects.select_related("branch").get())
    office = Office(world)
    assert "Efectivo $40.00, Tarjeta de débito $76.00" in office.text(f"notas/{ticket.pk}/")
    assert "01 40.00 + 28 76.00" in office.get("notas/exportar/", formato="csv").content.decode()
    buyer = Buyer(world.shop)
    world.inside(lambda: (buyer.opens(ticket), buyer.gives()))
    page = words(world.inside(lambda: buyer.get("revisar/")))
    assert "28 · Tarjeta de débito" in page
    assert "Efectivo $40.00, Tarjeta de débito $76.00. La factura lleva la forma con la que pagaste más." in page
