"""An invoice without a note: looked at as it will be printed, in any currency, issued once, and repeated."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.companies.models import Emisor
from amate.fiscal.xml import parse
from amate.invoices.models import Invoice, Origin, RefusedBy, Stamp, State
from tests.people import FISICA, MORAL
from tests.web.office import desk
from tests.world import World

DESIGN = {
    "l0-descripcion": "Diseño de imagen",
    "l0-cantidad": "1",
    "l0-precio": "1,000.00",
    "l0-impuestos": "02|002:Tasa:0.16",
    "l0-incluidos": "",
    "l0-clave_prod_serv": "82141500",
    "l0-clave_unidad": "E48",
}
SAID = {
    "llave": "b" * 32, "lineas": "1", "sucursal": "centro", "pago": "03", "moneda": "MXN", "tipo_cambio": "", **DESIGN,
}  # fmt: skip
FEES = "001:Tasa:0.1+002:Tasa:0.106667"
IN_DOLLARS = {"moneda": "USD", "tipo_cambio": "18.4567"}


def post(world: World, client: Client, headers: dict[str, str] | None = None, **said: str) -> Any:
    path = f"{world.shop.office}facturas/nueva/"
    return world.inside(lambda: client.post(path, {**SAID, **said}, headers=headers))


def look(world: World, client: Client, who: dict[str, str] = MORAL, **said: str) -> Any:
    return post(world, client, accion="previa", rfc_buscado=who["rfc"], **{**who, **said})


def issue(world: World, client: Client, who: dict[str, str] = MORAL, **said: str) -> Any:
    """After it was looked at."""
    seen = look(world, client, who, **said)
    assert seen.status_code == 200, seen.context["trouble"]
    return emit(world, client, seen.context["revisado"], who, **said)


def emit(world: World, client: Client, seen: str, who: dict[str, str] = MORAL, **said: str) -> Any:
    return post(world, client, accion="emitir", revisado=seen, rfc_buscado=who["rfc"], **{**who, **said})


def made(world: World) -> Invoice:
    return world.scoped(lambda: Invoice.objects.get())


def xml_of(world: World) -> Any:
    return parse(bytes(world.scoped(lambda: Stamp.objects.get()).xml))


def none_made(world: World) -> bool:
    return world.scoped(Invoice.objects.count) == 0


# ------------------------------------------------------------ what is seen before it is issued


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["a whole page", "what the script asks for"])
def test_it_is_seen_as_it_will_be_printed_before_it_is_issued(world: World, headers: dict[str, str]) -> None:
    answer = post(world, world.log_in(), headers, accion="previa", rfc_buscado=MORAL["rfc"], **MORAL)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Emitir factura por $1,160.00 MXN" in page
    assert re.search(r'<img src="data:image/png;base64,iVBOR[^"]{1000}', page)
    assert "del borrador: factura a " in page
    assert ("<html" in page) is not bool(headers)
    assert none_made(world)


def test_the_draft_opens_as_a_pdf_that_says_so(world: World) -> None:
    answer = post(world, world.log_in(), accion="borrador", rfc_buscado=MORAL["rfc"], **MORAL)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer.content.startswith(b"%PDF")
    assert none_made(world)


def test_its_sums_tell_the_taxes_of_each_line_and_what_is_withheld(world: World) -> None:
    said = {"l0-retenciones": FEES, "l0-descuento": "100"}
    answer = post(world, world.log_in(), {"HX-Request": "true"}, accion="sumar", **said)
    page = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode().split("Importe")[1]).split())
    assert (
        "Diseño de imagen IVA 16 % $144.00 ISR 10 % retenido −$90.00 IVA 10.6667 % retenido −$96.00 1 $1,000.00" in page
    )
    assert "Subtotal $1,000.00 Descuento −$100.00 IVA 16 % $144.00" in page
    assert "ISR retenido −$90.00 IVA retenido −$96.00 Total $858.00" in page


def test_it_is_issued_only_as_it_was_looked_at(world: World) -> None:
    client = world.log_in()
    seen = look(world, client).context["revisado"]
    again = emit(world, client, seen, **{"l0-descripcion": "Diseño de otra imagen"})
    assert again.status_code == 200
    assert "cambió algo desde la última vista previa" in again.content.decode()
    assert none_made(world)
    assert emit(world, client, "").context["changed"]
    assert none_made(world)


def test_the_receiver_is_found_by_rfc_and_a_changed_rfc_is_looked_up_first(world: World) -> None:
    desk.stamped(world)
    client = world.log_in()
    found = post(world, client, accion="rfc", rfc=FISICA["rfc"])
    assert found.context["form"].data["nombre"] == "INGRID XODAR JIMENEZ"
    other = post(world, client, accion="emitir", rfc_buscado=MORAL["rfc"], **{**MORAL, "rfc": FISICA["rfc"]})
    assert other.context["form"].data["nombre"] == "INGRID XODAR JIMENEZ"
    assert world.scoped(Invoice.objects.count) == 1


def test_without_leaving_the_page_a_new_rfc_asks_to_be_looked_up(world: World) -> None:
    answer = post(world, world.log_in(), {"HX-Request": "true"}, accion="previa", rfc_buscado="", **MORAL)
    assert answer.status_code == 422
    assert "Busca primero los datos de este RFC" in answer.content.decode()


WRONG = [
    ("l0-precio", "", "Escribe el precio"),
    ("l0-precio", "0", "Un regalo no va en la factura"),
    ("l0-descuento", "1,000.00", "El descuento deja la línea en cero. Un regalo no va"),
    ("l0-retenciones", "001:Tasa:0.9", "El SAT no tiene esa tasa para lo que se retiene"),
    ("l0-retenciones", "algo", "Elige lo que te retienen de la lista"),
    ("moneda", "ZZZ", "Elige una moneda de la lista"),
    ("tipo_cambio", "18.45", "En pesos el tipo de cambio no se escribe"),
    ("uso_cfdi", "D01", "El SAT no acepta ese uso"),
    ("nombre", "", "Escribe el nombre"),
]


@pytest.mark.parametrize(("field", "typed", "said"), WRONG, ids=[f"{field}={typed}" for field, typed, _ in WRONG])
def test_what_cannot_be_issued_is_told_at_its_field(world: World, field: str, typed: str, said: str) -> None:
    answer = look(world, world.log_in(), **{field: typed})
    assert answer.status_code == 422
    assert answer.content.decode().count(said) == 2  # in the summary and at the field
    assert none_made(world)


def test_script_or_not_what_is_wrong_is_told(world: World) -> None:
    said = {**MORAL, "rfc_buscado": MORAL["rfc"], "l0-precio": ""}
    answer = post(world, world.log_in(), {"HX-Request": "true"}, accion="previa", **said)
    assert answer.status_code == 422
    assert 'href="#id_l0-precio">Partida 1: Escribe el precio' in answer.content.decode()
    assert 'id="previa"' in answer.content.decode()


def test_nothing_is_issued_while_the_sat_has_the_company_suspended(world: World) -> None:
    desk.suspend(world, True)
    answer = look(world, world.log_in())
    assert answer.status_code == 422
    assert "El SAT suspendió la emisión" in answer.content.decode()


# ------------------------------------------------------------ issued


def test_it_is_issued_without_any_note(world: World) -> None:
    client = world.log_in()
    answer = issue(world, client, **{"l0-retenciones": FEES})
    invoice = made(world)
    assert answer["Location"] == f"{world.shop.office}mostrador/factura/{invoice.pk}/"
    assert (invoice.origin, invoice.total, invoice.withheld) == (Origin.OFFICE, Decimal("953.33"), Decimal("206.67"))
    world.settle()
    root = xml_of(world)
    assert (root.get("Total"), root.get("FormaPago"), root.get("MetodoPago")) == ("953.33", "03", "PUE")
    assert root.find("{*}Impuestos").get("TotalImpuestosRetenidos") == "206.67"
    page = world.inside(lambda: client.get(answer["Location"])).content.decode()
    assert "lista</h1>" in page
    assert "Otra factura nueva" in page
    assert world.scoped(lambda: Entry.objects.filter(act="invoice.issued", about=f"invoice:{invoice.pk}").count()) == 1


def test_a_double_click_issues_it_once(world: World) -> None:
    client = world.log_in()
    seen = look(world, client).context["revisado"]
    first = emit(world, client, seen)
    second = emit(world, client, seen)
    assert first["Location"] == second["Location"]
    assert made(world).wish == "b" * 32


def test_two_clicks_at_once_issue_it_once(world: World) -> None:
    clients = [world.log_in() for _ in range(3)]
    said = {**SAID, **MORAL, "accion": "emitir", "rfc_buscado": MORAL["rfc"]}
    said["revisado"] = look(world, clients[0]).context["revisado"]

    def click(client: Client) -> Any:
        try:
            return client.post(f"{world.shop.office}facturas/nueva/", said)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(click, clients))
    assert [answer.status_code for answer in answers] == [302] * 3
    assert len({answer["Location"] for answer in answers}) == 1
    assert made(world).wish == "b" * 32


def test_a_resico_has_its_isr_withheld_by_a_persona_moral(world: World) -> None:
    world.scoped(lambda: Emisor.objects.update(rfc=FISICA["rfc"], regimen_fiscal="626"))
    client = world.log_in()
    sums = post(world, client, accion="linea", **MORAL).context["sums"]
    assert sums.withheld == [("ISR retenido", Decimal("12.50"))]
    assert post(world, client, accion="linea", **FISICA).context["sums"].withheld == []


def test_refused_data_are_corrected_on_the_same_page(world: World) -> None:
    client = world.log_in()
    world.pac.admin("lists", {"mode": "strict", "receivers": {}}, method="PUT")
    answer = issue(world, client)
    world.settle()
    invoice = made(world)
    assert (invoice.state, invoice.refused_by) == (State.REFUSED, RefusedBy.RECEIVER)
    page = world.inside(lambda: client.get(answer["Location"])).content.decode()
    assert f"facturas/nueva/?de={invoice.pk}" in page
    assert "la nota sigue disponible" not in page


# ------------------------------------------------------------ in another currency


def test_it_is_issued_in_dollars_with_the_rate_of_the_day(world: World) -> None:
    client = world.log_in()
    seen = look(world, client, **IN_DOLLARS)
    assert "Emitir factura por $1,160.00 USD" in seen.content.decode()
    issue(world, client, **IN_DOLLARS)
    world.settle()
    root = xml_of(world)
    assert (root.get("Moneda"), root.get("TipoCambio"), root.get("Total")) == ("USD", "18.4567", "1160.00")
    lists = world.inside(lambda: client.get(f"{world.shop.office}facturas/")).content.decode()
    assert "$1,160.00 USD" in lists
    path = f"{world.shop.office}facturas/{made(world).pk}/"
    shown = world.inside(lambda: client.get(path)).content.decode()
    assert "18.4567 pesos por USD" in shown


@pytest.mark.parametrize(
    ("rate", "said"),
    [("", "Escribe cuántos pesos vale un EUR"), ("0", "seis decimales"), ("18.1234567", "seis decimales")],
)
def test_another_currency_asks_for_its_rate(world: World, rate: str, said: str) -> None:
    answer = look(world, world.log_in(), moneda="EUR", tipo_cambio=rate)
    assert answer.status_code == 422
    assert said in str(answer.context["head"].errors["tipo_cambio"])


def test_a_currency_without_cents_adds_up_in_whole_units(world: World) -> None:
    said = {"moneda": "JPY", "tipo_cambio": "0.12", "l0-precio": "1003"}
    client = world.log_in()
    assert post(world, client, accion="sumar", **said).context["sums"].total == Decimal("1163")
    issue(world, client, **said)
    world.settle()
    root = xml_of(world)
    assert (root.get("SubTotal"), root.get("Total"), root.get("TipoCambio")) == ("1003", "1163", "0.12")


# ------------------------------------------------------------ to whom has no RFC

ABROAD = {
    "rfc": "XEXX010101000", "nombre": "Acme Widgets Inc", "residencia_fiscal": "USA", "num_reg_id_trib": "123456789", "correo": "",
}  # fmt: skip


def receptor_of(world: World) -> dict[str, str]:
    world.settle()
    return dict(xml_of(world).find("{*}Receptor").attrib)


def test_somebody_abroad_is_invoiced_with_his_country_and_repeated_so(world: World) -> None:
    client = world.log_in()
    asked = post(world, client, accion="rfc", rfc="XEXX010101000").content.decode()
    assert "Estados Unidos" in asked
    assert "Régimen fiscal</label>" not in asked
    issue(world, client, ABROAD, **IN_DOLLARS)
    found = receptor_of(world)
    assert (found["Nombre"], found["ResidenciaFiscal"], found["NumRegIdTrib"]) == (
        "ACME WIDGETS INC",
        "USA",
        "123456789",
    )
    assert (found["RegimenFiscalReceptor"], found["UsoCFDI"]) == ("616", "S01")
    again = made(world).pk
    page = world.inside(lambda: client.get(f"{world.shop.office}facturas/nueva/?de={again}"))
    assert page.context["form"]["residencia_fiscal"].value() == "USA"


def test_somebody_without_an_rfc_is_invoiced_under_his_name(world: World) -> None:
    issue(world, world.log_in(), {"rfc": "XAXX010101000", "nombre": "Ana Lopez", "correo": ""})
    found = receptor_of(world)
    assert (found["Rfc"], found["Nombre"], found["UsoCFDI"]) == ("XAXX010101000", "ANA LOPEZ", "S01")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("residencia_fiscal", "", "Elige el país que dio ese número"),
        ("num_reg_id_trib", "12", "el número lleva 9 cifras"),
        ("nombre", "", "Escribe el nombre"),
        ("nombre", "PUBLICO EN GENERAL", "no es el nombre de nadie"),
    ],
)
def test_what_the_sat_would_refuse_of_somebody_abroad_is_told(world: World, field: str, typed: str, said: str) -> None:
    answer = look(world, world.log_in(), {**ABROAD, field: typed}, **IN_DOLLARS)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert none_made(world)


# ------------------------------------------------------------ repeated


def test_it_is_repeated_with_its_lines_and_its_receiver_and_nothing_of_its_day(world: World) -> None:
    client = world.log_in()
    issue(world, client, **IN_DOLLARS, **{"l0-retenciones": FEES, "l0-descuento": "50"})
    world.settle()
    first = made(world)
    path = f"{world.shop.office}facturas/"
    assert f"nueva/?de={first.pk}" in world.inside(lambda: client.get(f"{path}{first.pk}/")).content.decode()
    page = world.inside(lambda: client.get(f"{path}nueva/?de={first.pk}"))
    assert page.status_code == 200
    line, head = page.context["lines"][0], page.context["head"]
    assert {name: line[name].value() for name in ("descripcion", "precio", "descuento", "retenciones")} == {
        "descripcion": "Diseño de imagen", "precio": "1000", "descuento": "50", "retenciones": FEES,
    }  # fmt: skip
    assert (head["moneda"].value(), head["tipo_cambio"].value(), head["pago"].value()) == ("USD", "", "03")
    assert page.context["form"].data["rfc"] == MORAL["rfc"]
    assert page.context["kept"][0] != ("llave", first.wish)
    assert first.number not in page.content.decode()
    assert not page.context["trouble"]


def test_a_notes_invoice_may_be_repeated_and_a_credit_note_may_not(world: World) -> None:
    invoice = desk.stamped(world)
    client = world.log_in()
    page = world.inside(lambda: client.get(f"{world.shop.office}facturas/nueva/?de={invoice.pk}"))
    assert page.context["sums"].total == invoice.total
    for other in ("999999", "x", "9" * 30):
        assert world.inside(lambda o=other: client.get(f"{world.shop.office}facturas/nueva/?de={o}")).status_code == 404


def test_what_is_typed_waits_for_who_typed_it(world: World) -> None:
    client = world.log_in()
    post(world, client, accion="linea")
    page = world.inside(lambda: client.get(f"{world.shop.office}facturas/nueva/"))
    assert page.context["lines"][0]["descripcion"].value() == "Diseño de imagen"
    issue(world, client)
    page = world.inside(lambda: client.get(f"{world.shop.office}facturas/nueva/"))
    assert page.context["lines"][0]["descripcion"].value() is None


@pytest.mark.parametrize(("role", "may"), [(Role.ACCOUNTANT, True), (Role.CASHIER, False), (Role.SUPPORT, False)])
def test_the_button_is_there_for_who_may(world: World, role: Role, may: bool) -> None:
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    client = world.log_in()
    assert (
        "facturas/nueva/" in world.inside(lambda: client.get(f"{world.shop.office}facturas/")).content.decode()
    ) is may
    status = world.inside(lambda: client.get(f"{world.shop.office}facturas/nueva/")).status_code
    assert status == (200 if may else 403)
