"""The main job, told through the edges only: API, QR, portal, PAC, mail, download, back office."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from amate.fiscal.tfd import read_timbre
from amate.fiscal.xml import parse
from tests.people import FISICA

SALE = {
    "sold_at": "2026-11-18T12:41:00-06:00",
    "folio": "R-20418",
    "forma_pago": "04",
    "total": "1248.50",
    "lines": [
        {
            "descripcion": "Taladro rotomartillo ½″",
            "cantidad": "1",
            "precio": "1042.84",
            "clave_prod_serv": "27112800",
            "clave_unidad": "H87",
            "impuestos": [{"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.160000"}],
        },
        {
            "descripcion": "Juego de brocas, 13 pzas",
            "cantidad": "1",
            "precio": "205.66",
            "clave_prod_serv": "27112800",
            "clave_unidad": "H87",
            "impuestos": [{"impuesto": "002", "tipo_factor": "Tasa", "tasa_o_cuota": "0.160000"}],
        },
    ],
}


def sale(world: Any) -> dict[str, Any]:
    return {**SALE, "sold_at": world.now().isoformat()}


def test_a_sale_becomes_its_buyers_invoice(world: Any) -> None:
    # The till registers the sale.
    answer = world.api("PUT", "/tickets/caja-1/20418", sale(world))
    assert answer.status_code == 201, answer.content
    note = answer.json()
    assert note["total"] == "1248.50"
    assert "hora" in note["deadline_text"]

    # The buyer scans the QR: the address keeps neither code nor total, and nothing that it carried is asked.
    buyer = Client()
    scanned = buyer.get(urlsplit(note["qr_url"]).path)
    assert scanned.status_code == 302
    assert note["code"].replace("-", "") not in scanned.headers["Location"]
    page = buyer.get(scanned.headers["Location"])
    text = page.content.decode()
    assert "$1,248.50" in text
    assert 'name="codigo"' not in text
    assert 'name="total"' not in text

    # Fiscal data, review, and the only button that stamps.
    portal = world.shop.portal
    sent = buyer.post(f"{portal}datos/", FISICA)
    assert sent.status_code == 302, sent.content.decode()
    review = buyer.get(sent.headers["Location"]).content.decode()
    assert "INGRID XODAR JIMENEZ" in review
    assert "Emitir mi factura" in review
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', review))
    hidden.pop("csrfmiddlewaretoken", None)
    emitted = buyer.post(f"{portal}revisar/", hidden)
    assert emitted.status_code == 302
    waiting = buyer.get(emitted.headers["Location"])
    assert "Estamos emitiendo tu factura" in waiting.content.decode()

    # The worker seals, stamps and mails.
    world.settle()
    done = buyer.get(emitted.headers["Location"], follow=True)
    assert "Tu factura está lista" in done.content.decode()
    xml = buyer.get(f"{portal}factura.xml").content
    root = parse(xml)
    assert root.get("Total") == "1248.50"
    assert root.get("FormaPago") == "04"
    assert read_timbre(xml).leyenda == "SIN VALIDEZ FISCAL"
    pdf = buyer.get(f"{portal}factura.pdf")
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    (mail,) = world.mail.mails
    assert mail["To"] == FISICA["correo"]
    assert {part.get_payload(decode=True) for part in mail.iter_attachments()} >= {xml}

    # Coming back with the same code shows the same invoice.
    back = buyer.post(portal, {"codigo": note["code"].lower(), "total": "$1,248.50"}, follow=True)
    assert "Tu factura está lista" in back.content.decode()

    # The back office shows it valid and made in the portal; so does the API.
    office = world.log_in()
    listed = office.get(f"{world.shop.office}facturas/").content.decode()
    assert "Vigente" in listed
    assert "Portal de autofactura" in listed
    assert "AF-1" in listed
    ticket = world.api("GET", f"/tickets/{note['code']}").json()
    assert ticket["state"] == "invoiced"
    uuid = ticket["uuid"]
    invoice = world.api("GET", f"/invoices/{uuid}").json()
    assert (invoice["origin"], invoice["total"], invoice["rfc"]) == ("portal", "1248.50", FISICA["rfc"])
    assert world.api("GET", f"/invoices/{uuid}.xml").content == xml
    assert world.api("GET", f"/invoices/{uuid}.pdf").content == pdf.content
