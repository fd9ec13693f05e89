"""A sale typed at the counter: a note, or an invoice at once; without a script, and never twice."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from amate.companies.models import Branch, Emisor, Product
from amate.invoices.models import Invoice, Origin, State
from amate.self_invoicing.models import Ticket
from tests.people import FISICA, MORAL
from tests.world import World

HAMMER = {
    "l0-descripcion": "Martillo de uña",
    "l0-cantidad": "2",
    "l0-precio": "$1,160.00",
    "l0-impuestos": "02|002:Tasa:0.16",
    "l0-incluidos": "on",
    "l0-clave_prod_serv": "27111602",
    "l0-clave_unidad": "H87",
}
SALE = {"lineas": "1", "sucursal": "centro", "pago": "01", "llave": "a" * 32, "visto": "2320.00", **HAMMER}
KEPT = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def post(world: World, client: Client, **said: str) -> Any:
    return world.inside(lambda: client.post(f"{world.shop.office}mostrador/venta/", {**SALE, **said}))


def get(world: World, client: Client) -> Any:
    return world.inside(lambda: client.get(f"{world.shop.office}mostrador/venta/"))


def emit(world: World, client: Client, who: dict[str, str] = FISICA, **said: str) -> Any:
    return post(world, client, accion="emitir", rfc_buscado=who["rfc"], **{**who, **said})


def ticket_of(world: World) -> Ticket:
    return world.scoped(lambda: Ticket.objects.get())


def product(world: World, **changes: Any) -> Product:
    facts = {
        "key": "CER-1",
        "descripcion": "Cerveza artesanal",
        "clave_prod_serv": "50202201",
        "clave_unidad": "H87",
        "taxes": [
            {"impuesto": "003", "tipo_factor": "Tasa", "tasa_o_cuota": "0.265"},
            {"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.16"},
        ],
        "price": Decimal("95"),
        "changed_at": datetime(2026, 11, 1, tzinfo=UTC),
    }
    return world.scoped(lambda: Product.objects.create(**{**facts, **changes}))


# ------------------------------------------------------------ the form


def test_the_buttons_add_and_take_away_lines_and_keep_what_was_typed(world: World) -> None:
    client = world.log_in()
    more = post(world, client, accion="linea")
    assert more.status_code == 200
    assert [line["descripcion"].value() for line in more.context["lines"]] == ["Martillo de uña", None]
    less = post(world, client, accion="quitar:0")
    assert [line["descripcion"].value() for line in less.context["lines"]] == [None]
    assert world.scoped(Ticket.objects.count) == 0


def test_a_product_is_found_by_its_name_and_comes_with_its_taxes(world: World) -> None:
    product(world)
    client = world.log_in()
    found = post(world, client, accion="buscar", buscar="cerveza").content.decode()
    assert 'value="producto:CER-1"' in found
    added = post(world, client, accion="producto:CER-1", buscar="cerveza")
    line = added.context["lines"][1]
    assert (line["precio"].value(), line["impuestos"].value()) == ("95.00", "02|003:Tasa:0.265+002:Tasa:0.16")
    assert "IEPS 26.5 % + IVA 16 %" in added.content.decode()
    assert added.context["sums"].total == Decimal("2415.00")


def test_a_scanner_that_types_the_key_adds_the_product_at_once(world: World) -> None:
    product(world)
    added = post(world, world.log_in(), accion="buscar", buscar="CER-1")
    assert [line["descripcion"].value() for line in added.context["lines"]] == ["Martillo de uña", "Cerveza artesanal"]
    assert added.context["text"] == ""


def test_a_retired_product_is_not_offered(world: World) -> None:
    product(world, is_active=False)
    assert "producto:CER-1" not in post(world, world.log_in(), accion="buscar", buscar="cerveza").content.decode()


def test_without_a_product_the_sats_key_is_searched_by_words(world: World, sat_keys: None) -> None:
    client = world.log_in()
    assert 'value="clave:27111602"' in post(world, client, accion="buscar", buscar="martillos").content.decode()
    added = post(world, client, accion="clave:27111602", buscar="martillo")
    line = added.context["lines"][1]
    assert (line["clave_prod_serv"].value(), line["descripcion"].value()) == ("27111602", "martillo")


WRONG = [
    ("l0-descripcion", "", "Escribe qué se vendió"),
    ("l0-cantidad", "0", "mayor que cero"),
    ("l0-precio", "0.00", "Un regalo no va en la factura"),
    ("l0-precio", "12,5", "Escríbelo con punto"),
    ("l0-precio", "", "Escribe el precio"),
    ("l0-clave_prod_serv", "99999999", "El SAT no tiene la clave de producto"),
    ("l0-clave_unidad", "ZZZ", "El SAT no tiene la clave de unidad"),
    ("l0-impuestos", "02|002:Tasa:0.17", "El SAT no tiene esa tasa"),
    ("l0-impuestos", "nada", "no tiene el objeto de impuesto"),
    ("l0-impuestos", "02|001:Tasa:x", "Elige los impuestos de la lista"),
    ("pago", "99", "Elige cómo pagó de la lista"),
    ("sucursal", "luna", "Elige una sucursal"),
]


@pytest.mark.parametrize(("field", "typed", "said"), WRONG, ids=[f"{field}={typed}" for field, typed, _ in WRONG])
def test_what_cannot_be_invoiced_is_told_at_its_field(world: World, field: str, typed: str, said: str) -> None:
    if field == "sucursal":
        world.scoped(lambda: Branch.objects.create(code="sur", nombre="Sur", cp="44100", serie="S"))
    answer = post(world, world.log_in(), accion="nota", **{field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(said) == 2  # in the summary and at the field
    assert world.scoped(Ticket.objects.count) == 0


def test_a_sale_without_lines_is_none(world: World) -> None:
    answer = post(world, world.log_in(), accion="nota", lineas="0")
    assert answer.status_code == 422
    assert "Agrega al menos una partida" in answer.content.decode()


def test_a_sum_that_nobody_sells_for_is_told_at_its_line(world: World) -> None:
    answer = post(world, world.log_in(), accion="nota", **{"l0-cantidad": "999999999", "l0-precio": "9999999999"})
    assert answer.status_code == 422
    assert answer.content.decode().count("El total pasa de un billón de pesos: revisa precio y cantidad") == 2
    assert world.scoped(Ticket.objects.count) == 0


# ------------------------------------------------------------ what it adds up to

FREIGHT = {
    "lineas": "2",
    "l1-descripcion": "Flete",
    "l1-cantidad": "1",
    "l1-precio": "100",
    "l1-impuestos": "02|002:Exento:",
    "l1-incluidos": "on",
    "l1-clave_prod_serv": "78101802",
    "l1-clave_unidad": "E48",
}


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}], ids=["a whole page", "what the script asks for"])
def test_it_shows_its_lines_taxes_and_total_before_it_is_registered(world: World, headers: dict[str, str]) -> None:
    client = world.log_in()
    said = {**SALE, **FREIGHT, "accion": "sumar"}
    answer = world.inside(lambda: client.post(f"{world.shop.office}mostrador/venta/", said, **headers))
    page = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().split("Importe")[1]).split())
    assert answer.status_code == 200
    assert "Martillo de uña 2 $2,000.00 Flete 1 $100.00 Subtotal $2,100.00" in page
    assert "IVA 16 % $320.00 IVA exento $0.00 Total $2,420.00" in page
    assert ("<html" in answer.content.decode()) is not bool(headers)
    assert world.scoped(Ticket.objects.count) == 0


def test_a_line_without_an_amount_is_named_and_the_rest_is_added_up(world: World) -> None:
    page = post(world, world.log_in(), accion="sumar", **{**FREIGHT, "l1-precio": "", "l0-clave_prod_serv": ""})
    assert "Sin contar la partida 2" in page.content.decode()
    assert page.context["sums"].total == Decimal("2320.00")
    assert 'name="visto"' not in page.content.decode()


@pytest.mark.parametrize("seen", ["", "2319.99"])
def test_a_total_that_nobody_saw_is_shown_first_and_then_registered(world: World, seen: str) -> None:
    client = world.log_in()
    shown = post(world, client, accion="nota", visto=seen)
    page = shown.content.decode()
    assert shown.status_code == 200
    assert "Todavía no se registra: la venta suma <b>$2,320.00</b>" in page
    assert world.scoped(Ticket.objects.count) == 0
    kept = dict(KEPT.findall(page))
    assert post(world, client, accion="nota", visto=kept["visto"]).status_code == 302


def test_a_new_line_begins_with_the_iva_the_company_uses_most(world: World) -> None:
    client = world.log_in()
    world.scoped(lambda: Emisor.objects.update(usual_iva="0.08"))
    assert get(world, client).context["lines"][0]["impuestos"].value() == "02|002:Tasa:0.08"
    for usual, taxes in (("0.08", "02|002:Tasa:0.08"), ("exento", "02|002:Exento:"), ("01", "01|")):
        world.scoped(lambda usual=usual: Emisor.objects.update(usual_iva=usual))
        assert post(world, client, accion="linea").context["lines"][1]["impuestos"].value() == taxes
        new = world.inside(lambda: client.get(f"{world.shop.office}productos/nuevo/"))
        assert new.context["form"]["iva"].value() == usual


# ------------------------------------------------------------ a note


def test_it_becomes_a_note_with_its_code_and_its_paper(world: World) -> None:
    client = world.log_in()
    answer = post(world, client, accion="nota")
    ticket = ticket_of(world)
    assert answer["Location"] == f"{world.shop.office}notas/{ticket.pk}/"
    assert (ticket.source, ticket.folio, ticket.total) == ("mostrador", "M-1", Decimal("2320.00"))
    assert (ticket.forma_pago, ticket.metodo_pago) == ("01", "PUE")
    page = world.inside(lambda: client.get(answer["Location"])).content.decode()
    assert "Imprime la nota" in page
    assert "nota.pdf?papel=58" in page
    buyer = Client()
    scan = world.inside(lambda: buyer.get(f"/f/{world.shop.slug}/{ticket.code}/{ticket.total_cents}"))
    assert scan["Location"].endswith("/datos/")


def test_sent_twice_it_is_one_note(world: World) -> None:
    client = world.log_in()
    first, second = post(world, client, accion="nota"), post(world, client, accion="nota")
    assert first["Location"] == second["Location"]
    assert world.scoped(Ticket.objects.count) == 1
    assert post(world, client, accion="nota", llave="b" * 32)["Location"] != first["Location"]


def test_every_page_has_a_key_of_its_own(world: World) -> None:
    client = world.log_in()
    keys = {get(world, client).context["key"] for _ in range(3)}
    assert len(keys) == 3
    assert all(len(key) == 32 for key in keys)


# ------------------------------------------------------------ an invoice at once


def test_it_is_invoiced_at_once_and_the_sale_travels_with_the_receiver(world: World) -> None:
    client = world.log_in()
    asked = post(world, client, accion="facturar")
    page = asked.content.decode()
    assert asked.status_code == 200
    assert "¿A nombre de quién?" in page
    assert world.scoped(Ticket.objects.count) == 0
    kept = dict(KEPT.findall(page))
    kept.pop("csrfmiddlewaretoken", None)
    assert {name: kept[name] for name in SALE} == SALE
    path = f"{world.shop.office}mostrador/venta/"
    filled = world.inside(lambda: client.post(path, {**kept, "accion": "rfc", "rfc": MORAL["rfc"]})).content.decode()
    assert "Es la primera vez" in filled
    kept |= dict(KEPT.findall(filled))
    answer = world.inside(lambda: client.post(path, {**kept, "accion": "emitir", **MORAL}))
    invoice = world.scoped(lambda: Invoice.objects.get())
    assert answer["Location"] == f"{world.shop.office}mostrador/factura/{invoice.pk}/"
    world.settle()
    stamped = world.invoice(invoice)
    assert (stamped.state, stamped.origin, stamped.total) == (State.STAMPED, Origin.COUNTER, Decimal("2320.00"))
    assert ticket_of(world).folio == "M-1"


def test_a_receiver_that_is_refused_registers_nothing(world: World) -> None:
    answer = emit(world, world.log_in(), FISICA, cp="1")
    assert answer.status_code == 422
    assert "El código postal lleva 5 números" in answer.content.decode()
    assert world.scoped(Ticket.objects.count) == 0


def test_two_clicks_at_the_same_instant_make_one_invoice(world: World) -> None:
    clients = [world.log_in() for _ in range(4)]
    said = {**SALE, "accion": "emitir", "rfc_buscado": FISICA["rfc"], **FISICA}

    def click(client: Client) -> Any:
        try:
            return client.post(f"{world.shop.office}mostrador/venta/", said)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(click, clients))
    assert [answer.status_code for answer in answers] == [302] * 4
    assert len({answer["Location"] for answer in answers}) == 1
    assert world.scoped(lambda: (Ticket.objects.count(), Invoice.objects.count())) == (1, 1)


def test_sold_on_credit_it_is_a_ppd_by_itself(world: World) -> None:
    client = world.log_in()
    assert "a crédito (PPD)" in post(world, client, accion="facturar", pago="credito").content.decode()
    emit(world, client, FISICA, pago="credito")
    world.settle()
    invoice = world.scoped(lambda: Invoice.objects.get())
    assert (invoice.state, invoice.metodo_pago, invoice.forma_pago) == (State.STAMPED, "PPD", "99")
    assert (ticket_of(world).metodo_pago, ticket_of(world).forma_pago) == ("PPD", "99")


def test_a_suspended_company_registers_the_note_and_issues_nothing(world: World) -> None:
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=True))
    client = world.log_in()
    for answer in (post(world, client, accion="facturar"), emit(world, client)):
        assert answer.status_code == 422
        assert "El SAT suspendió la emisión" in answer.content.decode()
    assert world.scoped(Ticket.objects.count) == 0
    assert post(world, client, accion="nota").status_code == 302
