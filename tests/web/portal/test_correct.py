"""The buyer mends the data of his own invoice (V8), or asks the shop for what is beyond its limits (X17)."""

from datetime import datetime
from typing import Any

import pytest

from amate.audit.models import Entry
from amate.companies.models import Emisor, PortalPolicy
from amate.customers.models import FiscalProfile
from amate.help.models import Case
from amate.invoices.models import Invoice, Origin, State
from amate.invoices.replace import NotReplaceable
from amate.self_invoicing.correct import replace_for
from amate.self_invoicing.models import Claim, Correction, Ticket
from tests.invoices.life import cancel, minutes_pass
from tests.people import FISICA, MORAL, receptor_of
from tests.web.api.sales import line, sale
from tests.web.portal.buyer import Buyer, words
from tests.world import World


@pytest.fixture
def buyer(world: World) -> Buyer:
    return Buyer(world.shop)


def served(world: World, buyer: Buyer, ticket: Ticket | None = None) -> Ticket:
    ticket = ticket or world.sale()
    buyer.gets_it(ticket)
    world.settle()
    buyer.get("listo/")
    return ticket


def expensive(world: World) -> Ticket:
    """More than a thousand pesos: after the next working day its receiver must accept the end of its invoice."""
    dear = sale(total="5800.00", lines=[line(precio="5800.00")], sold_at=world.now().isoformat())
    told = world.inside(lambda: world.api("PUT", "/tickets/caja-1/R-1", dear)).json()
    return world.scoped(lambda: Ticket.objects.get(code=told["code"].replace("-", "")))


def corrects(buyer: Buyer, **changed: str) -> Any:
    buyer.post("corregir/", {**MORAL, **changed})
    return buyer.post("corregir/revisar/")


def found(world: World) -> list[tuple[str, str]]:
    return world.scoped(lambda: list(Invoice.objects.order_by("pk").values_list("rfc", "state")))


def test_a_new_invoice_takes_the_place_of_the_wrong_one_which_is_cancelled(world: World, buyer: Buyer) -> None:
    ticket = served(world, buyer)
    assert "Corregir mis datos" in words(buyer.last)
    form = words(buyer.get("corregir/"))
    assert MORAL["rfc"] in form
    assert "sustituye a la de ahora" in form
    assert buyer.post("corregir/", {**MORAL, **FISICA, "correo": ""}).headers["Location"] == buyer.url(
        "corregir/revisar/"
    )
    review = words(buyer.get("corregir/revisar/"))
    assert f"<s>{MORAL['rfc']}</s>" in review
    assert FISICA["rfc"] in review
    assert f"${ticket.total:,.2f}" in review
    assert buyer.post("corregir/revisar/").headers["Location"] == buyer.url("emitiendo/")
    assert "Estamos emitiendo" in words(buyer.get("emitiendo/"))
    assert "Cambia solo" not in words(buyer.get("corregir/")), "while it is made there is nothing to correct"
    world.settle()
    done = words(buyer.get("listo/"))
    minutes_pass(world)
    old, new = world.scoped(lambda: list(Invoice.objects.select_related("profile").order_by("pk")))
    assert FISICA["rfc"] in done
    assert str(new.uuid).upper() in done
    assert (old.state, new.state, new.replaces_id, new.origin) == (
        State.CANCELLED,
        State.STAMPED,
        old.pk,
        Origin.PORTAL,
    )
    assert (new.total, new.forma_pago) == (old.total, old.forma_pago)
    xml = buyer.get("factura.xml").content.decode()
    assert 'TipoRelacion="04"' in xml
    assert str(old.uuid).upper() in xml.upper()
    assert world.scoped(lambda: list(Claim.objects.live().values_list("ticket_id", "invoice_id"))) == [
        (ticket.pk, new.pk)
    ]
    told = world.scoped(lambda: list(Entry.objects.values_list("act", flat=True)))
    assert told.count("invoice.corrected") == 1


def test_twice_pressed_it_is_made_once(world: World, buyer: Buyer) -> None:
    served(world, buyer)
    corrects(buyer, nombre="SURCO DISENO")
    assert buyer.post("corregir/revisar/").headers["Location"] == buyer.url("emitiendo/")
    world.settle()
    minutes_pass(world)
    assert found(world) == [(MORAL["rfc"], "cancelled"), (MORAL["rfc"], "stamped")]


def test_nothing_changed_is_nothing_to_correct(world: World, buyer: Buyer) -> None:
    served(world, buyer)
    again = buyer.post("corregir/", MORAL)
    assert again.status_code == 422
    assert "Así está ya en tu factura" in words(again)
    assert len(found(world)) == 1


def test_a_refused_correction_leaves_the_invoice_and_is_tried_again(world: World, buyer: Buyer) -> None:
    served(world, buyer)
    world.pac.admin("lists", {"mode": "strict", "receivers": {}}, method="PUT")
    corrects(buyer, nombre="SURCO DISENO Y ALGO")
    world.settle()
    world.pac.admin("lists", {}, method="PUT")
    done = buyer.get("listo/")
    assert done.status_code == 200, "the old one is still his"
    assert "Tu corrección no se hizo" in words(done)
    form = words(buyer.get("corregir/"))
    assert "SURCO DISENO Y ALGO" in form, "what was typed is kept"
    corrects(buyer, nombre="SURCO DISENO")
    world.settle()
    assert "Tu factura está lista" in words(buyer.get("listo/"))
    minutes_pass(world)
    assert sorted(state for _, state in found(world)) == ["cancelled", "refused", "stamped"]


@pytest.mark.parametrize("why", ["used", "off", "acceptance"])
def test_beyond_the_limits_the_shop_decides_with_what_was_typed(world: World, buyer: Buyer, why: str) -> None:
    ticket = expensive(world) if why == "acceptance" else world.sale()
    if why == "off":
        world.scoped(lambda: PortalPolicy.objects.update(corrections=0))
    served(world, buyer, ticket)
    if why == "used":
        corrects(buyer, nombre="SURCO DISENO")
        world.settle()
        buyer.get("listo/")
    if why == "acceptance":
        world.time_passes(days=5)
        buyer.opens(ticket)
        buyer.post("descargar/", {"rfc": MORAL["rfc"]})
    before = len(found(world))
    form = words(buyer.get("corregir/"))
    assert "la aprueba la tienda" in form
    no_mail = buyer.post("corregir/", {**MORAL, "nombre": "OTRO NOMBRE", "correo": ""})
    assert no_mail.status_code == 422
    assert "Escribe tu correo" in words(no_mail)
    buyer.post("corregir/", {**MORAL, "nombre": "OTRO NOMBRE"})
    buyer.post("corregir/revisar/")
    assert "La tienda revisa tu corrección" in words(buyer.get("corregir/"))
    buyer.post("corregir/revisar/")  # a second press
    assert len(found(world)) == before
    case = world.scoped(lambda: Case.objects.get())
    office = world.log_in()
    page = f"{world.shop.office}ayuda/{case.pk}/"
    shown = words(office.get(page))
    assert "OTRO NOMBRE" in shown
    assert "Aprobar y emitir la corregida" in shown
    if why == "off":
        office.post(f"{page}cerrar/")
        world.settle()
        assert world.scoped(lambda: Correction.objects.get().state) == "rejected"
        assert len(found(world)) == before
        assert "No se hizo" in words(office.get(page))
        assert "la aprueba la tienda" in words(buyer.get("corregir/")), "he may ask again"
        return
    office.post(f"{page}aprobar/")
    office.post(f"{page}aprobar/")
    world.settle()
    assert len(found(world)) == before + 1
    made = world.scoped(lambda: Correction.objects.exclude(decided_by="").get())
    assert (made.state, made.receptor) == ("made", {}), "what was typed is forgotten"
    new = world.scoped(lambda: Invoice.objects.order_by("-pk")[0])
    assert (new.nombre, new.state) == ("OTRO NOMBRE", State.STAMPED)
    assert "Hecha" in words(office.get(page))


def test_no_way_out_is_ever_missing(world: World, buyer: Buyer) -> None:
    served(world, buyer)
    invoice = world.scoped(lambda: Invoice.objects.get())
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=True))
    suspended = words(buyer.get("corregir/"))
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=False))
    assert "no puede emitir facturas por ahora" in suspended
    late = world.now().replace(year=world.now().year + 2)
    world.time_passes(days=(late - world.now()).days)
    buyer.opens(world.scoped(lambda: Ticket.objects.get()))
    buyer.post("descargar/", {"rfc": MORAL["rfc"]})
    too_late = words(buyer.get("corregir/"))
    assert "Ya pasó el plazo para cancelarla" in too_late
    assert corrects(buyer, nombre="OTRO").status_code == 200
    for page in (suspended, too_late):
        assert "Volver a mi factura" in page
        assert "asunto=error" in page
    assert found(world) == [(invoice.rfc, "stamped")]


def test_who_did_not_prove_the_invoice_corrects_nothing(world: World, buyer: Buyer) -> None:
    ticket = served(world, buyer)
    other = Buyer(world.shop)
    other.opens(ticket)
    for path in ("corregir/", "corregir/revisar/"):
        assert other.get(path).headers["Location"] == other.url("descargar/")
        assert other.post(path, MORAL).headers["Location"] == other.url("descargar/")
    assert len(found(world)) == 1


def test_against_a_cancellation_one_of_both_is_made(world: World, buyer: Buyer) -> None:
    served(world, buyer)
    buyer.post("corregir/", {**MORAL, "nombre": "OTRO NOMBRE"})
    invoice = world.scoped(lambda: Invoice.objects.get())
    cancel(world, invoice)
    assert buyer.post("corregir/revisar/").status_code in (200, 302)
    world.settle()
    live = world.scoped(
        lambda: list(Invoice.objects.filter(state__in=["stamped", "sealed", "draft"], replaced_by__isnull=True))
    )
    assert live == []
    assert len(found(world)) == 1


def test_an_expired_note_is_opened_again_for_some_hours_and_its_buyer_is_told(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    world.time_passes(days=40)
    assert buyer.opens(ticket).headers["Location"] == buyer.url("aviso/")
    buyer.post("ayuda/?asunto=excepcion", {"mensaje": "No pude venir antes", "contacto": "ana@example.com"})
    case = world.scoped(lambda: Case.objects.get())
    office, page = world.log_in(), f"{world.shop.office}ayuda/{case.pk}/"
    shown = words(office.get(page))
    assert "Su plazo terminó" in shown
    assert "mostrador/nota/" in shown
    assert "Elige por cuánto tiempo" in words(office.post(f"{page}reabrir-nota/", {"horas": "9999"}, follow=True))
    office.post(f"{page}reabrir-nota/", {"horas": "24"})
    assert "Todavía está en plazo" in words(office.post(f"{page}reabrir-nota/", {"horas": "24"}, follow=True))
    world.settle()
    (mail,) = [one for one in world.mail.mails if one["To"] == "ana@example.com"]
    assert world.shop.portal.strip("/") in mail.get_body(("plain",)).get_content()
    assert buyer.opens(ticket).headers["Location"] == buyer.url("datos/")
    world.time_passes(hours=25)
    assert buyer.opens(ticket).headers["Location"] == buyer.url("aviso/"), "and no longer than that"
    told = world.scoped(lambda: Entry.objects.get(act="ticket.reopened"))
    assert datetime.fromisoformat(told.detail["was"]) == ticket.deadline


def test_what_is_not_expired_is_not_opened_again(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    world.time_passes(days=40)
    buyer.opens(ticket)
    buyer.post("ayuda/", {"mensaje": "Ayuda", "contacto": "ana@example.com"})
    world.scoped(lambda: Ticket.objects.update(state="void", state_reason="x"))
    case = world.scoped(lambda: Case.objects.get())
    office, page = world.log_in(), f"{world.shop.office}ayuda/{case.pk}/"
    assert "Está cancelada" in words(office.post(f"{page}reabrir-nota/", {"horas": "24"}, follow=True))
    world.settle()
    assert "ana@example.com" not in [mail["To"] for mail in world.mail.mails]


def test_a_substitute_that_was_cancelled_opens_nothing_of_what_came_before_it(world: World, buyer: Buyer) -> None:
    """The original stands again; whose it is must be proved by its own RFC."""
    ticket = served(world, buyer)
    corrects(buyer, **FISICA)
    world.settle()
    assert FISICA["rfc"] in words(buyer.get("listo/"))
    old, new = world.scoped(lambda: list(Invoice.objects.order_by("pk")))
    world.scoped(lambda: Claim.objects.live().update(released_at=world.now()))
    world.scoped(lambda: Claim.objects.filter(invoice=old).update(released_at=None))
    buyer.opens(ticket)
    assert buyer.get("listo/").headers["Location"] == buyer.url("descargar/")
    assert new.replaces_id == old.pk


def test_of_a_message_that_was_closed_nothing_is_given(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    world.time_passes(days=40)
    buyer.opens(ticket)
    buyer.post("ayuda/?asunto=excepcion", {"mensaje": "No pude venir antes", "contacto": "ana@example.com"})
    case = world.scoped(lambda: Case.objects.get())
    office, page = world.log_in(), f"{world.shop.office}ayuda/{case.pk}/"
    office.post(f"{page}cerrar/")
    assert "No se hizo" in words(office.post(f"{page}reabrir-nota/", {"horas": "24"}, follow=True))
    assert world.scoped(lambda: Ticket.objects.get().deadline) == ticket.deadline
    assert buyer.opens(ticket).headers["Location"] == buyer.url("aviso/")


def test_an_invoice_without_an_rfc_of_its_own_is_mended_by_the_shop(world: World, buyer: Buyer) -> None:
    buyer.opens(world.sale())
    abroad = {"nombre": "Harbor Supplies LLC", "residencia_fiscal": "USA", "num_reg_id_trib": "", "correo": ""}
    buyer.post("datos/extranjero/", abroad)
    buyer.emits()
    world.settle()
    assert "XEXX010101000" in words(buyer.get("listo/"))
    shut = words(buyer.get("corregir/"))
    assert "Esta factura la corrige la tienda" in shut
    assert "asunto=error" in shut
    assert buyer.post("corregir/revisar/").status_code == 200
    assert len(found(world)) == 1


def test_a_refused_replacement_leaves_no_proposed_data_behind(world: World, buyer: Buyer) -> None:
    served(world, buyer)
    invoice = world.scoped(lambda: Invoice.objects.get())
    cancel(world, invoice)
    before = world.scoped(lambda: FiscalProfile.objects.count())

    def replace() -> None:
        replace_for(
            invoice,
            receptor_of(FISICA),
            correo="",
            reason="x",
            asked_by="ana",
            origin=Origin.OFFICE,
            now=world.now(),
        )

    def swallowed() -> None:
        with pytest.raises(NotReplaceable):
            replace()

    world.scoped(swallowed)
    assert world.scoped(lambda: FiscalProfile.objects.count()) == before
