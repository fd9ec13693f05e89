"""Every refusal has its page, its sentence and its way out (FEATURES 4.3)."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amate.audit.models import Entry
from amate.companies.models import Csd, Emisor, PortalPolicy
from amate.companies.secrets import WrongMasterKey
from amate.invoices.models import Invoice, RefusedBy, State
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.rules import Standing
from amate.web.portal.notices import NOTICES
from tests.people import FISICA, MORAL
from tests.web.portal.buyer import Buyer, words
from tests.world import World

NO_MATCH = "No encontramos una nota con esos datos"


@pytest.fixture
def buyer(world: World) -> Buyer:
    return Buyer(world.shop)


def refuse(world: World, code: str, by: RefusedBy) -> None:
    """As the PAC's definite no is recorded."""

    def record() -> None:
        invoice = Invoice.objects.get(state=State.DRAFT)
        invoice.move_to(State.REFUSED, refused_by=by, refusal_code=code, refusal="no")

    world.scoped(record)


def leads_on(page: str, world: World) -> bool:
    """A contact, and a way back or on."""
    return "tel:+523312345678" in page and f'href="{world.shop.portal}' in page


def test_every_standing_without_a_page_of_its_own_has_a_notice() -> None:
    with_pages = {Standing.INVOICED, Standing.CLAIMABLE, Standing.AFTER_GLOBAL, Standing.SPLIT}
    assert set(NOTICES) == set(Standing) - with_pages


def test_an_unknown_code_and_a_wrong_total_get_the_same_page(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    wrong = buyer.types(ticket.code, ticket.total + 1)
    unknown = buyer.types("7K4M9QXW2TRP", ticket.total + 1)
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    assert NO_MATCH in words(wrong)
    assert _bare(words(wrong), ticket.code) == _bare(words(unknown), "7K4M9QXW2TRP")


def test_an_unknown_code_and_a_wrong_total_cost_the_same_queries(world: World, buyer: Buyer) -> None:
    ticket, other = world.sale(), world.sale(world.other)
    asked = [_queries(buyer, code, "1.00") for code in (ticket.code, "7K4M9QXW2TRP", other.code)]
    assert asked[0] == asked[1] == asked[2]
    assert len(asked[0]) > 5


def test_a_mistyped_code_costs_no_query_of_tickets_and_no_miss(world: World, buyer: Buyer) -> None:
    asked = _queries(buyer, "7K4M-9QXW-2TRU", "1.00")
    assert "Al código le falta o le sobra una letra" in words(buyer.last)
    assert buyer.last.status_code == 422
    assert 'value="7K4M-9QXW-2TRU"' in words(buyer.last)
    assert not [sql for sql in asked if "ticket" in sql or "rate_bucket" in sql]


def test_a_short_code_says_how_many_letters_it_has(world: World, buyer: Buyer) -> None:
    assert "(lleva 12 y escribiste 11)" in words(buyer.types("7K4M-9QXW-2TR", "1.00"))


@pytest.mark.parametrize("typed", ["", "1248", "1,248.5", "mil", "1.248,50", "-5.00"])
def test_a_total_without_cents_is_said_at_its_field(world: World, buyer: Buyer, typed: str) -> None:
    answer = buyer.types("7K4M9QXW2TRP", typed)
    assert answer.status_code == 422
    assert "Escribe el total" in words(answer)
    assert '<a href="#total">Escribe el total' in words(answer)


@pytest.mark.parametrize("shape", ["{0:.2f}", "${0:,.2f}", " $ {0:,.2f} MXN ", "{0:,.2f} pesos"])
def test_a_total_is_taken_in_any_shape(world: World, buyer: Buyer, shape: str) -> None:
    ticket = world.sale()
    assert buyer.types(ticket.code.lower(), shape.format(ticket.total)).headers["Location"] == buyer.url("datos/")


def test_a_qr_that_matches_nothing_leads_to_the_same_words(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    for path in (f"{ticket.code}/1", "7K4M9QXW2TRP/1"):
        assert buyer.get(path).headers["Location"] == buyer.url("?aviso=qr")
    answer = buyer.get("?aviso=qr")
    assert answer.status_code == 422
    assert NO_MATCH in words(answer)


def test_a_damaged_qr_is_told_so_without_a_query(world: World, buyer: Buyer) -> None:
    for path in ("7K4M9QXW2TRU/1", "7K4M9QXW2TRP/99999999999999999999999"):
        assert buyer.get(path).headers["Location"] == buyer.url("?aviso=qr-ilegible")
    assert "Al código le falta" in words(buyer.get("?aviso=qr-ilegible"))


def test_an_expired_note_says_the_date_and_hour_it_printed(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    _change(world, ticket, deadline=world.now() - timedelta(seconds=2))
    assert buyer.opens(ticket).headers["Location"] == buyer.url("aviso/")
    page = words(buyer.get("aviso/"))
    assert "El plazo para facturar esta compra ya terminó" in page
    assert "Pedir una excepción" in page
    assert "(hora del centro)" in page
    assert leads_on(page, world)
    assert "Pide que facturen tu compra" in words(buyer.get("ayuda/?asunto=excepcion"))


def test_the_last_second_is_still_in_time_and_prints_as_enforced(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.opens(ticket)
    page = words(buyer.get("datos/"))
    assert "23:59" in page
    assert "Te quedan 30 días para facturar" in page
    _change(world, ticket, deadline=world.now() + timedelta(seconds=30))
    assert buyer.get("datos/").status_code == 200
    world.time_passes(seconds=32)
    assert buyer.get("datos/").headers["Location"] == buyer.url("aviso/")


def test_a_window_that_ends_during_the_visit_stops_the_stamp(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.opens(ticket)
    buyer.gives()
    _change(world, ticket, deadline=world.now() - timedelta(seconds=2))
    assert buyer.emits().headers["Location"] == buyer.url("aviso/")
    assert world.scoped(lambda: Invoice.objects.count()) == 0


@pytest.mark.parametrize(
    ("state", "title"),
    [(Ticket.State.VOID, "Esta compra se canceló"), (Ticket.State.LOCKED, "La tienda está revisando esta compra")],
)
def test_a_note_the_shop_took_back_says_so(world: World, buyer: Buyer, state: str, title: str) -> None:
    ticket = world.sale()
    _change(world, ticket, state=state)
    buyer.opens(ticket)
    page = words(buyer.get("aviso/"))
    assert title in page
    assert leads_on(page, world)


def test_a_portal_that_is_off_keeps_the_note_valid(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    world.scoped(lambda: PortalPolicy.objects.update(enabled=False))
    assert "está en pausa" in words(buyer.get(""))
    buyer.opens(ticket)
    page = words(buyer.get("aviso/"))
    assert "La autofactura de esta tienda está en pausa. Tu nota sigue siendo válida" in page
    assert leads_on(page, world)


def test_suspended_issuing_is_the_same_pause(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=True))
    buyer.opens(ticket)
    assert "está en pausa" in words(buyer.get("aviso/"))


def test_a_portal_that_is_off_still_gives_back_what_was_issued(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.gets_it(ticket)
    world.settle()
    world.scoped(lambda: PortalPolicy.objects.update(enabled=False))
    stranger = Buyer(world.shop)
    assert stranger.opens(ticket).headers["Location"] == stranger.url("descargar/")


def test_in_another_browser_the_receivers_rfc_proves_the_right_to_download(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.gets_it(ticket)
    world.settle()
    stranger = Buyer(world.shop)
    assert stranger.opens(ticket).headers["Location"] == stranger.url("descargar/")
    assert stranger.get("factura.pdf").headers["Location"] == stranger.url("descargar/")
    page = words(stranger.get("descargar/"))
    assert "Esta compra ya tiene factura" in page
    assert leads_on(page, world)
    for secret in (MORAL["rfc"], "SURCO", MORAL["correo"]):
        assert secret not in page
    wrong = stranger.post("descargar/", {"rfc": FISICA["rfc"]})
    assert wrong.status_code == 422
    assert "SURCO" not in words(wrong)
    assert "no es el RFC" in words(wrong)
    assert stranger.post("descargar/", {"rfc": "sdi-190823-kx4"}).headers["Location"] == stranger.url("listo/")
    entries = world.scoped(lambda: list(Entry.objects.filter(family="invoice").order_by("id")))
    assert [one.act for one in entries] == ["invoice.opening_refused", "invoice.opened"]
    for one in entries:
        about = f"invoice:{world.scoped(lambda: Invoice.objects.get().pk)}"
        assert (one.about, one.actor_kind, one.actor, one.detail) == (about, "visitor", "", {})
    done = words(stranger.get("listo/"))
    assert "a•••@surco.example" in done
    assert MORAL["correo"] not in done
    assert stranger.get("factura.xml").status_code == 200


def test_another_buyer_waits_while_it_is_being_issued(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    late = Buyer(world.shop)
    buyer.opens(ticket)
    buyer.gives()
    late.opens(ticket)
    late.gives(**FISICA)
    buyer.emits()
    assert late.emits().headers["Location"] == late.url("aviso/")
    page = words(late.get("aviso/"))
    assert "La factura de esta compra ya está en camino" in page
    assert "Volver a intentar" in page
    assert leads_on(page, world)
    world.settle()
    assert late.get("aviso/").headers["Location"] == late.url("descargar/")
    assert world.scoped(lambda: [i.rfc for i in Invoice.objects.all()]) == [MORAL["rfc"]]


@pytest.mark.parametrize(
    ("code", "field", "message"),
    [
        ("CFDI40143", "rfc", "El SAT no reconoce este RFC"),
        ("CFDI40145", "nombre", "El nombre debe ser idéntico al de tu Constancia"),
        ("CFDI40148", "cp", "El código postal no es el de tu domicilio fiscal"),
        ("CFDI40158", "regimen_fiscal", "Este régimen no corresponde a tu RFC"),
        ("CFDI40161", "uso_cfdi", "Con tu régimen el SAT no acepta este uso"),
    ],
)
def test_data_the_sat_refuses_land_on_their_field_with_everything_typed_kept(
    world: World, buyer: Buyer, code: str, field: str, message: str
) -> None:
    ticket = world.sale()
    buyer.gets_it(ticket)
    refuse(world, code, RefusedBy.RECEIVER)
    assert buyer.get("emitiendo/").headers["Location"] == buyer.url("datos/")
    answer = buyer.get("datos/")
    assert answer.status_code == 422
    page = words(answer)
    assert f'<a href="#{field}">{message}' in page
    assert code not in page
    assert f'value="{MORAL["nombre"]}"' in page
    assert f'value="{MORAL["cp"]}"' in page
    assert buyer.gives(nombre="Surco Diseño").headers["Location"] == buyer.url("revisar/")
    assert buyer.emits().headers["Location"] == buyer.url("emitiendo/")
    world.settle()
    assert buyer.get("listo/").status_code == 200
    assert world.scoped(lambda: Claim.objects.live().count()) == 1


def test_a_poll_that_finds_a_refusal_leads_the_browser_to_the_field(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale())
    refuse(world, "CFDI40145", RefusedBy.RECEIVER)
    answer = buyer.get("emitiendo/?fase=draft", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == buyer.url("datos/")


def test_a_generic_rfc_has_its_page_and_the_rest_is_kept(world: World, buyer: Buyer) -> None:
    buyer.opens(world.sale())
    answer = buyer.gives(rfc="xaxx010101000", regimen_fiscal="616", uso_cfdi="S01")
    assert answer.status_code == 422
    page = words(answer)
    assert "Ese RFC es de público en general" in page
    assert "Usar mi RFC" in page
    assert leads_on(page, world)
    again = words(buyer.get("datos/"))
    assert f'value="{MORAL["nombre"]}"' in again
    assert "XAXX" not in again.upper()


def test_the_foreigners_rfc_leads_to_the_foreigners_door(world: World, buyer: Buyer) -> None:
    buyer.opens(world.sale())
    page = words(buyer.gives(rfc="XEXX010101000", regimen_fiscal="616", uso_cfdi="S01"))
    assert f'href="{buyer.url("datos/extranjero/")}">No soy contribuyente en México' in page


def test_a_pac_that_is_away_keeps_the_request_and_says_it_may_be_closed(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale())
    htmx = {"HX-Request": "true"}
    assert buyer.get("emitiendo/?fase=draft", headers=htmx).status_code == 204
    world.time_passes(seconds=61)
    fragment = buyer.get("emitiendo/?fase=draft", headers=htmx)
    assert "hx-trigger" not in words(fragment)
    assert "<html" not in words(fragment)
    page = words(buyer.get("emitiendo/"))
    for said in (
        "El SAT tarda en responder. Tu solicitud está guardada",
        world.scoped(lambda: Ticket.objects.get().folio),
        "Puedes cerrar esta página",
    ):
        assert said in page
        assert said in words(fragment)
    assert "Ver si ya está lista" in page
    assert "http-equiv" not in page
    world.settle()
    assert buyer.get("emitiendo/").headers["Location"] == buyer.url("listo/")


def test_the_page_of_an_issue_under_way_has_a_button_without_script(world: World, buyer: Buyer) -> None:
    buyer.gets_it(world.sale())
    page = words(buyer.get("emitiendo/"))
    assert 'hx-trigger="load delay:700ms, every 2s"' in page
    assert f'href="{buyer.url("emitiendo/")}">Actualizar</a>' in page


def test_a_fault_of_ours_says_so_without_a_raw_code(world: World, buyer: Buyer) -> None:
    ticket = world.sale()
    buyer.gets_it(ticket)
    refuse(world, "CFDI40138", RefusedBy.OURS)
    page = words(buyer.get("emitiendo/"))
    assert "No pudimos emitirla. Ya avisamos a la tienda" in page
    assert "CFDI40138" not in page
    assert leads_on(page, world)
    stranger = Buyer(world.shop)
    stranger.opens(ticket)
    assert "La tienda está revisando esta compra" in words(stranger.get("aviso/"))


def no_seal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.scoped(lambda: Csd.objects.update(retired_at=world.now()))


def no_credits(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.pac.admin("credits", {"left": 0}, method="PUT")


def no_pac_account(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    known = world.account()
    monkeypatch.setattr(world, "account", lambda: replace(known, password="otra"))


def no_master_key(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(**said: Any) -> None:
        raise WrongMasterKey("Falta la llave maestra")

    monkeypatch.setattr("amate.worker.stamps.open_csd", closed)


def suspended(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=True))


def a_defect(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(**said: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("amate.worker.stamps.prepare_stamp", breaks)


@pytest.mark.parametrize("fault", [no_seal, no_credits, no_pac_account, no_master_key, suspended, a_defect])
@pytest.mark.parametrize("correo", ["laura@example.com", ""], ids=["mail", "no mail"])
def test_what_the_shop_must_mend_is_not_blamed_on_the_sat(
    world: World,
    buyer: Buyer,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[World, pytest.MonkeyPatch], None],
    correo: str,
) -> None:
    buyer.gets_it(world.sale(), correo=correo)
    fault(world, monkeypatch)
    world.settle()
    for minutes in (0, 2):
        world.time_passes(minutes=minutes)
        page = words(buyer.get("emitiendo/"))
        assert "No pudimos emitirla. Ya avisamos a la tienda" in page
        assert "Disculpa" in page
        assert "tu solicitud está guardada" in page
        assert "El SAT tarda" not in page
        assert ("laura@example.com" in page) is bool(correo)
        assert 'hx-trigger="load' not in page, "nothing to wait for on this page"
        assert leads_on(page, world)
    part = buyer.get("emitiendo/?fase=draft", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "Ya avisamos a la tienda" in words(part)


def test_once_the_shop_mended_it_the_page_goes_on(world: World, buyer: Buyer, monkeypatch: pytest.MonkeyPatch) -> None:
    buyer.gets_it(world.sale())
    no_credits(world, monkeypatch)
    world.settle()
    assert "Ya avisamos a la tienda" in words(buyer.get("emitiendo/"))
    world.pac.admin("credits", {"left": 10}, method="PUT")
    world.time_passes(hours=1)
    world.settle()
    assert buyer.get("emitiendo/").headers["Location"] == buyer.url("listo/")


def test_help_reaches_the_shop_and_asks_nobody_for_the_code(world: World, buyer: Buyer) -> None:
    page = words(buyer.get("ayuda/"))
    for said in ("tel:+523312345678", "mailto:hola@elamate.example", "Av. Juárez 415", "no se lo des a nadie"):
        assert said in page


def test_an_unknown_portal_is_a_page_not_a_trace(world: World, buyer: Buyer) -> None:
    answer = buyer.client.get("/f/nadie/")
    assert answer.status_code == 404
    assert "No encontramos esta página" in words(answer)


def _bare(page: str, code: str) -> str:
    """Without what must differ: the CSRF token and the code that was typed."""
    start = page.index('name="csrfmiddlewaretoken" value="') + len('name="csrfmiddlewaretoken" value="')
    token = page[start : page.index('"', start)]
    return page.replace(token, "T").replace(code, "C")


def _queries(buyer: Buyer, code: str, total: str) -> list[str]:
    """The statements of a try, without its values."""
    buyer.get("")
    with CaptureQueriesContext(connection) as seen:
        buyer.types(code, total)
    return [re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in seen.captured_queries]


def _change(world: World, ticket: Ticket, **values: Any) -> None:
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(**values))
