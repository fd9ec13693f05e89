"""What the same sale becomes for this receiver, from the portal and the counter to the stamped XML and its paper."""

import re
from decimal import Decimal
from typing import Any

import pytest

from amate.companies.models import Emisor, PortalPolicy
from amate.companies.policies import generics_to_json
from amate.fiscal.generic import Generic
from amate.fiscal.xml import parse
from amate.invoices.models import Invoice, Stamp, State
from amate.invoices.pdf import pdf_of
from amate.self_invoicing.models import Ticket
from tests.papers.reading import text_of
from tests.people import FISICA, MORAL
from tests.web.office.desk import Office
from tests.web.portal.buyer import Buyer, words
from tests.world import World

CFDI = "{http://www.sat.gob.mx/cfd/4}"
FOOD = Generic("", "Consumo de alimentos", "90101501", "E48")


@pytest.fixture
def resico(world: World) -> World:
    """The second company, a persona física, is of the RESICO."""
    world.scoped(lambda: Emisor.objects.update(regimen_fiscal="626"), world.other)
    return world


def say(world: World, *generics: Generic, **facts: Any) -> None:
    world.scoped(lambda: PortalPolicy.objects.update(generics=generics_to_json(generics), **facts))


def xml_of(world: World, invoice: Invoice, shop: Any = None) -> Any:
    return parse(bytes(world.scoped(lambda: Stamp.objects.get(invoice=invoice.pk).xml, shop)))


# ------------------------------------------------------------ ISR of the RESICO


def test_a_persona_moral_pays_less_and_the_sale_is_matched_as_before(resico: World) -> None:
    world, shop = resico, resico.other
    ticket = world.sale(shop)
    buyer = Buyer(shop)
    buyer.opens(ticket)  # code and the printed total
    buyer.gives()
    review = words(buyer.get("revisar/"))
    buyer.emits()
    world.settle()
    invoice = world.scoped(lambda: Invoice.objects.get(), shop)
    assert invoice.state == State.STAMPED, "the PAC's own rules take it"
    root = xml_of(world, invoice, shop)
    held = root.findall(f"{CFDI}Conceptos/{CFDI}Concepto/{CFDI}Impuestos/{CFDI}Retenciones/{CFDI}Retencion")
    assert {(one.get("Impuesto"), one.get("TasaOCuota")) for one in held} == {("001", "0.012500")}
    total_held = Decimal(root.find(f"{CFDI}Impuestos").get("TotalImpuestosRetenidos"))
    assert total_held == sum(Decimal(one.get("Importe")) for one in held) == invoice.withheld > 0
    assert Decimal(root.get("Total")) == invoice.total == ticket.total - invoice.withheld
    assert f"Total de tu compra${ticket.total:,.2f}" in words_only(review)
    assert f"ISR que retienes (1.25 %)−${invoice.withheld:,.2f}" in words_only(review)
    assert f"Total de la factura${invoice.total:,.2f}" in words_only(review)
    assert world.scoped(lambda: Ticket.objects.get().total, shop) == ticket.total


def test_the_paper_explains_it(resico: World) -> None:
    world, shop = resico, resico.other
    invoice = world.claim(world.sale(shop), MORAL, shop)
    world.settle()

    def paper() -> str:
        return " ".join(
            text_of(pdf_of(Stamp.objects.select_related("invoice__branch").get(invoice=invoice.pk))).split()
        )

    text = world.scoped(paper, shop)
    withheld = world.invoice(invoice, shop).withheld
    assert "ISR retenido" in text
    assert f"El receptor retiene ${withheld} de ISR (1.25 %, emisor en RESICO, LISR 113-J)" in text


def test_a_persona_fisica_withholds_nothing(resico: World) -> None:
    ticket = resico.sale(resico.other)
    invoice = resico.claim(ticket, FISICA, resico.other)
    resico.settle()
    found = resico.invoice(invoice, resico.other)
    assert (found.state, found.total, found.withheld) == (State.STAMPED, ticket.total, 0)
    assert xml_of(resico, invoice, resico.other).find(f".//{CFDI}Retenciones") is None


def test_the_rules_may_switch_it_off_from_a_day_on(resico: World) -> None:
    resico.scoped(lambda: PortalPolicy.objects.update(withholds_isr=False), resico.other)
    ticket = resico.sale(resico.other)
    assert resico.claim(ticket, MORAL, resico.other).total == ticket.total


def test_a_company_of_another_regime_never_withholds(world: World) -> None:
    ticket = world.sale()
    assert (world.claim(ticket, MORAL).total, world.scoped(lambda: Invoice.objects.get().withheld)) == (ticket.total, 0)


def test_a_substitute_withholds_by_who_receives_it_and_keeps_what_it_said_for_the_same_one(resico: World) -> None:
    world, shop = resico, resico.other
    world.scoped(lambda: PortalPolicy.objects.update(generics=generics_to_json([FOOD])), shop)
    ticket, client = world.sale(shop), world.log_in(shop)
    invoice = world.claim(ticket, FISICA, shop)
    world.settle()

    def replaced(old: Invoice) -> Invoice:
        said = MORAL | {"forma_pago": "04", "razon": "no era para él"}
        world.inside(lambda: client.post(f"{shop.office}facturas/{old.pk}/sustituir/", said))
        world.settle()
        return world.scoped(lambda: Invoice.objects.get(replaces=old.pk), shop)

    moral = replaced(invoice)
    assert moral.withheld > 0
    assert (moral.state, moral.total + moral.withheld) == (State.STAMPED, ticket.total)
    assert moral.generics == generics_to_json([FOOD])
    again = replaced(moral)
    assert (again.total, again.withheld, again.generics) == (moral.total, moral.withheld, moral.generics)


# ------------------------------------------------------------ one concept instead of the detail


def test_the_invoice_says_one_thing_and_no_amount_moves(world: World) -> None:
    plain = world.sale()
    before = world.claim(plain)
    world.settle()
    say(world, FOOD)
    ticket = world.scoped(lambda: Ticket.objects.get(pk=plain.pk))
    again = world.sale()
    world.scoped(lambda: Ticket.objects.filter(pk=again.pk).update(lines=ticket.lines, total=ticket.total))
    invoice = world.claim(again)
    world.settle()
    detail, told = xml_of(world, before), xml_of(world, invoice)
    assert world.invoice(invoice).state == State.STAMPED
    names = {one.get("Descripcion") for one in told.iter(f"{CFDI}Concepto")}
    assert names == {"Consumo de alimentos"}
    for name in ("SubTotal", "Descuento", "Total"):
        assert told.get(name) == detail.get(name)
    taxes = [[dict(one.attrib) for one in root.findall(f"{CFDI}Impuestos//*")] for root in (detail, told)]
    assert taxes[0] == taxes[1]
    kinds = [
        tuple(tax.get("TasaOCuota") for tax in one.iter(f"{CFDI}Traslado")) for one in told.iter(f"{CFDI}Concepto")
    ]
    assert len(kinds) == len(set(kinds))


def test_the_buyer_reads_it_before_he_emits(world: World) -> None:
    say(world, FOOD)
    buyer = Buyer(world.shop)
    buyer.opens(world.sale())
    buyer.gives()
    page = words(buyer.get("revisar/"))
    assert "Concepto Consumo de alimentos" in " ".join(words_only(page, " ").split())
    assert "Si vas a deducir la compra, pregunta a tu contador" in page


def test_what_the_shop_changed_since_is_read_again_before_it_is_emitted(world: World) -> None:
    buyer = Buyer(world.shop)
    buyer.opens(world.sale())
    buyer.gives()
    page = words(buyer.get("revisar/"))
    revision = page.partition('name="revision" value="')[2].partition('"')[0]
    say(world, FOOD)
    assert buyer.post("revisar/", {"revision": revision}).status_code == 409
    assert not world.scoped(Invoice.objects.exists)


def test_the_counter_may_give_the_detail_this_time(world: World) -> None:
    say(world, FOOD)
    ticket, office = world.sale(), Office(world)
    path = f"{world.shop.office}mostrador/nota/{ticket.pk}/"
    typed = {**FISICA, "rfc_buscado": FISICA["rfc"], "accion": "rfc"}
    page = world.inside(lambda: office.client.post(path, typed)).content.decode()
    assert "«Consumo de alimentos»" in page
    world.inside(lambda: office.client.post(path, typed | {"accion": "emitir", "detalle": "1"}))
    invoice = world.scoped(lambda: Invoice.objects.get())
    assert (invoice.generics, invoice.total) == ([], ticket.total)


def words_only(page: str, between: str = "") -> str:
    """The page without its tags."""
    return re.sub(r"\s*\n\s*", "", re.sub(r"<[^>]*>", between, page))
