"""Reading tickets and invoices, and the faults that every operation shares."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from amate.access.keys import make_api_key
from amate.invoices.models import Stamp
from amate.self_invoicing.codes import hide_code, show_code
from amate.self_invoicing.models import Ticket
from tests.papers.reading import spaced, text_of
from tests.web.api.sales import line, sale
from tests.web.office import desk
from tests.world import World


def test_a_ticket_tells_how_its_invoice_is_getting_on(world: World) -> None:
    invoice = desk.claimed(world)
    ticket = world.scoped(lambda: Ticket.objects.get())
    assert _read(world, ticket)["state"] == "issuing"
    world.settle()
    said = _read(world, ticket)
    uuid = str(desk.again(world, invoice).uuid).upper()
    assert (said["state"], said["uuid"], said["origin"]) == ("invoiced", uuid, "portal")
    assert said["invoice_url"].endswith(f"/api/v1/invoices/{uuid}")


def test_a_key_that_reads_no_notes_reads_no_whole_code(world: World) -> None:
    invoice = desk.stamped(world)
    ticket = world.scoped(lambda: Ticket.objects.get())
    path = f"/invoices/{desk.again(world, invoice).uuid}"
    assert world.api("GET", path).json()["ticket"] == show_code(ticket.code)
    key = world.scoped(
        lambda: make_api_key(company=world.shop.company, name="Reportes", scopes=["invoices:read"], now=world.now())
    )
    said = world.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"}).json()
    assert (said["ticket"], said["ticket_url"]) == (hide_code(ticket.code), None)


def test_a_ticket_held_by_us_is_being_issued(world: World) -> None:
    desk.refused_for_staff(world)
    said = _read(world, world.scoped(lambda: Ticket.objects.get()))
    assert (said["state"], said["uuid"], said["origin"]) == ("issuing", None, None)


def test_a_ticket_expires_after_its_last_second(world: World) -> None:
    ticket = world.sale()
    world.ahead = ticket.deadline - world.now() + timedelta(seconds=0.5)
    assert _read(world, ticket)["state"] == "open"
    world.ahead += timedelta(seconds=1)
    assert _read(world, ticket)["state"] == "expired"


@pytest.mark.parametrize("state", ["void", "locked"])
def test_a_ticket_that_the_company_took_away_says_so(world: World, state: str) -> None:
    ticket = world.sale()
    world.scoped(lambda: Ticket.objects.update(state=state))
    assert _read(world, ticket)["state"] == state


def test_a_code_is_read_as_people_write_it(world: World) -> None:
    code = world.sale().code
    for typed in (code, code.lower(), f"{code[:4]}-{code[4:8]}-{code[8:]}", code.replace("0", "O")):
        assert world.api("GET", f"/tickets/{typed}").json()["code_bare"] == code


def test_the_note_prints_what_was_sold_and_how_to_invoice_it(world: World) -> None:
    lines = [line(cantidad="2", precio="58.00", descuento="16.00")]
    said = world.api("PUT", "/tickets/caja-1/A-1", sale(total="100.00", lines=lines)).json()
    answer = world.api("GET", f"/tickets/{said['code']}/note.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    text = spaced(text_of(answer.content))
    for printed in (
        "Cafetería El Amate",
        "CEA210315XX4",
        "Martillo de uña 16 oz (descuento $16.00)",
        "IVA 16 % incluido",
        "13.79",
        "$100.00",
        "Efectivo",
        said["code"],
        "18 de diciembre de 2026, 23:59",
        "hora del centro",
    ):
        assert printed.replace("\N{NO-BREAK SPACE}", " ") in text.replace("\N{NO-BREAK SPACE}", " "), printed


def test_a_note_of_prices_without_taxes_shows_the_subtotal_first(world: World) -> None:
    body = sale(prices_include_taxes=False, lines=[line(precio="100.00")])
    said = world.api("PUT", "/tickets/caja-1/A-1", body).json()
    text = spaced(text_of(world.api("GET", f"/tickets/{said['code']}/note.pdf").content))
    assert "Subtotal 100.00" in text
    assert "incluido" not in text


def test_an_invoice_tells_its_origin_and_hands_over_its_files(world: World) -> None:
    invoice = desk.stamped(world)
    stamp = world.scoped(lambda: Stamp.objects.get())
    ticket = world.scoped(lambda: Ticket.objects.get())
    for typed in (str(invoice.uuid), str(invoice.uuid).upper()):
        said = world.api("GET", f"/invoices/{typed}").json()
        assert said["uuid"] == str(invoice.uuid).upper()
    assert (said["state"], said["origin"]) == ("stamped", "portal")
    assert said["sample"] is True, "the simulator stamped it"
    assert (said["serie"], said["folio"], said["total"]) == ("AF", "1", f"{invoice.total:.2f}")
    assert (said["rfc"], said["nombre"]) == ("XOJI740919U48", "INGRID XODAR JIMENEZ")
    assert said["fecha_timbrado"].endswith("-06:00")
    assert said["ticket"].replace("-", "") == ticket.code
    xml = world.api("GET", f"/invoices/{invoice.uuid}.xml")
    assert (xml["Content-Type"], xml.content) == ("application/xml", bytes(stamp.xml))
    pdf = world.api("GET", f"/invoices/{invoice.uuid}.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert str(invoice.uuid).upper() in text_of(pdf.content)
    english = world.api("GET", f"/invoices/{invoice.uuid}.pdf?idioma=en")
    assert "AMOUNT IN WORDS" in spaced(text_of(english.content))
    assert world.api("GET", f"/invoices/{invoice.uuid}.pdf?idioma=fr").status_code == 422
    for url in (said["url"], said["xml_url"], said["pdf_url"], said["ticket_url"]):
        path = url.removeprefix("http://127.0.0.1:8000/api/v1")
        assert world.api("GET", path).status_code == 200, url


def test_what_does_not_exist_is_not_found(world: World) -> None:
    nothing = "00000000-0000-4000-8000-000000000000"
    for path in (
        "/tickets/7K4M-9QXW-2TRP",
        "/tickets/nada",
        "/tickets/7K4M9QXW2TRP/note.pdf",
        f"/invoices/{nothing}",
        f"/invoices/{nothing}.xml",
        "/invoices/nada",
        "/invoices/%00.pdf",
        "/nada",
    ):
        answer = world.api("GET", path)
        assert answer.status_code == 404, path
        assert answer["Content-Type"] == "application/problem+json"


def test_without_a_good_key_nobody_enters(world: World) -> None:
    for header in ({}, {"Authorization": "Bearer amate_wrong"}, {"Authorization": f"Basic {world.shop.api_key}"}):
        for method, path in OPERATIONS:
            answer = world.client.generic(method, f"/api/v1{path}", headers=header)
            assert answer.status_code == 401, path
            assert answer["WWW-Authenticate"] == "Bearer"
            assert answer["Content-Type"] == "application/problem+json"


OPERATIONS = [
    ("PUT", "/tickets/caja-1/A-1"),
    ("GET", "/tickets/7K4M9QXW2TRP"),
    ("GET", "/tickets/7K4M9QXW2TRP/note.pdf"),
    ("GET", "/invoices/00000000-0000-4000-8000-000000000000"),
    ("GET", "/invoices/00000000-0000-4000-8000-000000000000.xml"),
    ("GET", "/invoices/00000000-0000-4000-8000-000000000000.pdf"),
]
NEEDS = dict(
    zip((path for _, path in OPERATIONS), ["tickets:write"] + ["tickets:read"] * 2 + ["invoices:read"] * 3, strict=True)
)


def test_each_operation_needs_its_own_permission(world: World) -> None:
    for scope in ("tickets:write", "tickets:read", "invoices:read"):
        make = partial(make_api_key, company=world.shop.company, name=scope, scopes=(scope,), now=world.now())
        key = world.scoped(make)
        for method, path in OPERATIONS:
            answer = world.client.generic(
                method,
                f"/api/v1{path}",
                json.dumps(sale()),
                content_type="application/json",
                headers={"Authorization": f"Bearer {key}"},
            )
            if NEEDS[path] == scope:
                assert answer.status_code in (200, 201, 404), (scope, path)
            else:
                assert answer.status_code == 403, (scope, path)
                assert answer.json()["scope"] == NEEDS[path]


def test_another_method_is_told_which_ones_there_are(world: World) -> None:
    answer = world.api("PATCH", "/tickets/caja-1/A-1")
    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) == {"PUT", "DELETE"}
    assert answer["Content-Type"] == "application/problem+json"


def test_the_document_is_open_and_has_no_page_that_our_csp_would_break(world: World) -> None:
    document = world.client.get("/api/v1/openapi.json")
    assert document.status_code == 200
    assert set(document.json()["paths"]) == {
        "/api/v1/tickets/{source}/{external_id}",
        "/api/v1/tickets/{source}/{external_id}/lock",
        "/api/v1/tickets/{source}/{external_id}/unlock",
        "/api/v1/tickets/{code}",
        "/api/v1/tickets/{code}/note.pdf",
        "/api/v1/tickets/{source}/{external_id}/refunds/{refund_id}",
        "/api/v1/tickets/{code}/note.txt",
        "/api/v1/tickets/{code}/note.escpos",
        "/api/v1/standing",
        "/api/v1/standing.csv",
        "/api/v1/validate/cfdi",
        "/api/v1/code-blocks",
        "/api/v1/customers",
        "/api/v1/customers/{external_id}",
        "/api/v1/subscriptions",
        "/api/v1/subscriptions/{external_id}",
        "/api/v1/subscriptions/{external_id}/stop",
        "/api/v1/subscriptions/{external_id}/pause",
        "/api/v1/subscriptions/{external_id}/charges/{charge_id}",
        "/api/v1/payments/{source}/{external_id}",
        "/api/v1/payments/{source}/{external_id}/reverse",
        "/api/v1/receivables",
        "/api/v1/invoices/{uuid}",
        "/api/v1/invoices/{uuid}.xml",
        "/api/v1/invoices/{uuid}.pdf",
    }
    assert world.api("GET", "/docs").status_code == 404


def _read(world: World, ticket: Any) -> Any:
    answer = world.api("GET", f"/tickets/{ticket.code}")
    assert answer.status_code == 200
    return answer.json()
