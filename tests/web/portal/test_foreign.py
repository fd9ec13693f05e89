"""No soy contribuyente en México: a buyer who pays his taxes elsewhere (FEATURES 41, FISCAL REC-6)."""

from typing import Any

import pytest
from lxml import etree

from amate.companies.models import PortalPolicy
from amate.invoices.models import Invoice, RefusedBy, State
from tests.people import MORAL
from tests.web.portal.buyer import Buyer, words
from tests.web.portal.test_refusals import refuse
from tests.world import World

ACME = {
    "nombre": "Acme Widgets Inc",
    "residencia_fiscal": "USA",
    "num_reg_id_trib": "123456789",
    "correo": "ap@acme.example",
}


@pytest.fixture
def buyer(world: World) -> Buyer:
    return Buyer(world.shop)


def gives(buyer: Buyer, **changed: str) -> Any:
    return buyer.post("datos/extranjero/", {**ACME, **changed})


def test_a_foreigner_gets_his_invoice_with_a_name_and_a_country(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.opens(ticket)
    assert f'href="{buyer.url("datos/extranjero/")}"' in words(buyer.get("datos/"))
    assert "Estados Unidos" in words(buyer.get("datos/extranjero/"))
    assert gives(buyer).headers["Location"] == buyer.url("revisar/")
    review = words(buyer.get("revisar/"))
    for said in ("XEXX010101000", "ACME WIDGETS INC", "Estados Unidos", "123456789", "616", "S01"):
        assert said in review
    assert buyer.get("datos/").headers["Location"] == buyer.url("datos/extranjero/"), "“Cambiar” leads to his own page"
    assert 'value="Acme Widgets Inc"' in words(buyer.get("datos/extranjero/"))
    assert buyer.emits().headers["Location"] == buyer.url("emitiendo/")
    world.settle()
    assert buyer.get("emitiendo/").headers["Location"] == buyer.url("listo/")
    invoice = world.scoped(lambda: Invoice.objects.select_related("stamp", "branch").get())
    assert invoice.state == State.STAMPED
    root = etree.fromstring(buyer.get("factura.xml").content)
    receptor = root.find("{*}Receptor")
    assert receptor is not None
    assert dict(receptor.attrib) == {
        "Rfc": "XEXX010101000",
        "Nombre": "ACME WIDGETS INC",
        "DomicilioFiscalReceptor": root.get("LugarExpedicion"),
        "ResidenciaFiscal": "USA",
        "NumRegIdTrib": "123456789",
        "RegimenFiscalReceptor": "616",
        "UsoCFDI": "S01",
    }
    assert root.find("{*}InformacionGlobal") is None
    assert [mail["To"] for mail in world.mail.mails] == ["ap@acme.example"]
    # In another browser an RFC that everybody may use opens nothing.
    stranger = Buyer(world.shop)
    stranger.opens(ticket)
    refused = stranger.post("descargar/", {"rfc": "XEXX010101000"})
    assert refused.status_code == 422
    assert "lo puede usar cualquiera" in words(refused)
    # Another purchase starts at his own page again.
    buyer.post("otra/")
    buyer.opens(world.sale())
    assert buyer.get("datos/").headers["Location"] == buyer.url("datos/extranjero/")
    assert '<option value="USA" selected>' in words(buyer.get("datos/extranjero/"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"nombre": ""}, "Escribe tu nombre"),
        ({"nombre": "Público en General"}, "no es el nombre de nadie"),
        ({"residencia_fiscal": ""}, "Elige el país"),
        ({"residencia_fiscal": "MEX"}, "Elige otro país"),
        ({"residencia_fiscal": "ZZ9"}, "Elige el país de la lista"),
        ({"num_reg_id_trib": "12-3"}, "el número lleva 9 cifras"),
        ({"correo": "ap"}, "correo"),
    ],
)
def test_what_the_sat_would_refuse_is_told_at_its_field(
    world: World, buyer: Buyer, changed: dict[str, str], said: str
) -> None:
    buyer.opens(world.sale())
    answer = gives(buyer, **changed)
    assert answer.status_code == 422
    assert said in words(answer)
    assert buyer.get("revisar/").headers["Location"] == buyer.url("datos/"), "nothing was kept"


def test_a_refusal_of_the_sat_comes_back_to_his_page_and_an_rfc_of_his_own_replaces_it(
    world: World, buyer: Buyer
) -> None:
    buyer.opens(world.sale())
    gives(buyer)
    buyer.emits()
    refuse(world, "CFDI40156", RefusedBy.RECEIVER)
    assert buyer.get("datos/").headers["Location"] == buyer.url("datos/extranjero/")
    assert buyer.get("datos/extranjero/").status_code == 422
    page = words(buyer.get("datos/?con=rfc"))
    assert "XEXX" not in page
    assert "Acme" not in page
    assert buyer.gives().headers["Location"] == buyer.url("revisar/")
    assert MORAL["rfc"] in words(buyer.get("revisar/"))


def test_the_limit_of_an_rfc_that_all_foreigners_share_is_of_each_name(world: World) -> None:
    world.scoped(lambda: PortalPolicy.objects.update(stamps_an_hour=1))
    said = []
    for name in ("Acme", "Acme", "Globex"):
        buyer = Buyer(world.shop)
        buyer.opens(world.sale())
        gives(buyer, nombre=name)
        said.append(buyer.emits().status_code)
    assert said == [302, 429, 302]
