"""A note is invoiced for the customer who stands at the counter."""

from typing import Any

import pytest
from django.test import Client

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.companies.models import Emisor, PortalPolicy
from amate.invoices.models import Invoice, Origin, State
from amate.self_invoicing.models import Ticket
from tests.people import FISICA, MORAL
from tests.web.office import desk
from tests.world import World


def get(world: World, client: Client, path: str = "", **query: str) -> Any:
    return world.inside(lambda: client.get(f"{world.shop.office}mostrador/{path}", query))


def post(world: World, client: Client, path: str, **said: str) -> Any:
    return world.inside(lambda: client.post(f"{world.shop.office}mostrador/{path}", said))


def emit(world: World, client: Client, ticket: Ticket, who: dict[str, str] = FISICA, **more: str) -> Any:
    said = {"accion": "emitir", "rfc_buscado": who["rfc"], **who, **more}
    return post(world, client, f"nota/{ticket.pk}/", **said)


def only_invoice(world: World) -> Invoice:
    return world.scoped(lambda: Invoice.objects.get())


# ------------------------------------------------------------ finding the note


def test_a_code_a_folio_and_a_scanned_qr_lead_to_the_note(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    there = f"{world.shop.office}mostrador/nota/{ticket.pk}/"
    shown = f"{ticket.code[:4]}-{ticket.code[4:8]}-{ticket.code[8:]}".lower()
    url = f"https://facturas.example/f/{world.shop.slug}/{ticket.code}/{ticket.total_cents}"
    garbled = url.replace("/", "-").replace(":", "Ñ")  # a scanner that thinks the keyboard is American
    for text in (shown, ticket.folio, url, garbled):
        assert get(world, client, q=text)["Location"] == there, text
    assert get(world, client, q=ticket.folio[:3]).context["rows"][0].folio == ticket.folio


def test_what_is_not_found_offers_to_type_the_sale(world: World) -> None:
    page = get(world, world.log_in(), q="7K4M-9QXW-2TRP").content.decode()
    assert "No encontramos esa nota" in page
    assert "captura la venta" in page


def test_a_note_of_another_company_is_not_found(world: World) -> None:
    theirs = world.sale(world.other)
    assert "No encontramos esa nota" in get(world, world.log_in(), q=theirs.code).content.decode()


# ------------------------------------------------------------ whom it is for


def test_the_rfc_is_asked_first_and_the_rest_after_it(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    first = get(world, client, f"nota/{ticket.pk}/").content.decode()
    assert 'name="rfc"' in first
    assert 'name="nombre"' not in first
    second = post(world, client, f"nota/{ticket.pk}/", accion="rfc", rfc="xoji-740919-u48").content.decode()
    assert "Es la primera vez que le facturas" in second
    assert 'value="XOJI740919U48"' in second
    assert 'name="nombre"' in second


def test_a_known_rfc_fills_in_its_current_data(world: World) -> None:
    desk.stamped(world, correo="ladron@example.com")  # in the portal, where anybody types any RFC
    desk.stamped(world, correo="ingrid@example.com", origin=Origin.COUNTER)
    page = post(world, world.log_in(), f"nota/{world.sale().pk}/", accion="rfc", rfc=FISICA["rfc"])
    form = page.context["form"]
    assert {name: form.data[name] for name in FISICA} == FISICA | {"nombre": "INGRID XODAR JIMENEZ"}
    assert "Ya es cliente" in page.content.decode()


@pytest.mark.parametrize(
    ("rfc", "said"),
    [
        ("", "Escribe el RFC de tu cliente"),
        ("XOJI7409", "El RFC lleva 12 o 13"),
    ],
)
def test_an_rfc_that_is_none_is_refused_at_its_field(world: World, rfc: str, said: str) -> None:
    answer = post(world, world.log_in(), f"nota/{world.sale().pk}/", accion="rfc", rfc=rfc)
    assert answer.status_code == 422
    assert answer.content.decode().count(said) == 2


def test_somebody_without_an_rfc_is_invoiced_under_his_own_name_and_somebody_abroad_too(world: World) -> None:
    """XAXX010101000 without InformacionGlobal (REC-5 b), and XEXX010101000 (REC-6)."""
    client = world.log_in()
    named, abroad = world.sale(), world.sale()
    asked = post(world, client, f"nota/{named.pk}/", accion="rfc", rfc="xaxx010101000").content.decode()
    assert "la factura dirá su nombre" in asked
    assert "Régimen fiscal</label>" not in asked
    nobody = emit(world, client, named, {"rfc": "XAXX010101000", "nombre": "Publico en general", "correo": ""})
    assert nobody.status_code == 422
    emit(world, client, named, {"rfc": "XAXX010101000", "nombre": "Ana López", "correo": ""})
    far = {"rfc": "XEXX010101000", "nombre": "Acme Widgets Inc", "residencia_fiscal": "USA", "correo": ""}
    emit(world, client, abroad, far, num_reg_id_trib="123456789")
    world.settle()
    found = world.scoped(lambda: [(one.state, bytes(one.stamp.xml).decode()) for one in Invoice.objects.order_by("id")])
    assert [state for state, _ in found] == [State.STAMPED] * 2
    for said in ('Rfc="XAXX010101000"', 'Nombre="ANA LÓPEZ"', 'RegimenFiscalReceptor="616"', 'UsoCFDI="S01"'):
        assert said in found[0][1]
    assert "InformacionGlobal" not in found[0][1]
    for said in ('Rfc="XEXX010101000"', 'ResidenciaFiscal="USA"', 'NumRegIdTrib="123456789"'):
        assert said in found[1][1]


def test_another_rfc_is_looked_up_before_anything_is_issued(world: World) -> None:
    """Enter after changing the RFC must not issue it with the other one's name."""
    ticket, client = world.sale(), world.log_in()
    answer = emit(world, client, ticket, FISICA, rfc_buscado=MORAL["rfc"])
    assert answer.status_code == 200
    assert world.scoped(Invoice.objects.count) == 0


def test_the_portals_rules_hold(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    answer = emit(world, client, ticket, FISICA, cp="7602", uso_cfdi="D01", regimen_fiscal="605")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "El código postal lleva 5 números" in page
    assert 'value="Ingrid Xodar Jimenez"' in page
    assert world.scoped(Invoice.objects.count) == 0


# ------------------------------------------------------------ the invoice


def test_the_note_is_stamped_with_the_counters_origin_and_handed_over(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    answer = emit(world, client, ticket, MORAL)
    invoice = only_invoice(world)
    assert answer["Location"] == f"{world.shop.office}mostrador/factura/{invoice.pk}/"
    going = get(world, client, f"factura/{invoice.pk}/").content.decode()
    assert "Estamos emitiendo la factura" in going
    assert 'data-live="' in going
    world.settle()
    done = get(world, client, f"factura/{invoice.pk}/").content.decode()
    stamped = only_invoice(world)
    assert (stamped.state, stamped.origin, stamped.nombre) == (State.STAMPED, Origin.COUNTER, "SURCO DISEÑO")
    assert f"Factura {stamped.number} lista" in done
    assert "data-live" not in done
    assert f"facturas/{invoice.pk}/pdf" in done
    assert f"facturas/{invoice.pk}/xml" in done
    assert [mail["To"] for mail in world.mail.mails] == [MORAL["correo"]]


def test_the_page_that_waits_is_drawn_only_when_something_changed(world: World) -> None:
    client = world.log_in()
    emit(world, client, world.sale())
    path = f"{world.shop.office}mostrador/factura/{only_invoice(world).pk}/"
    headers = {"HX-Request": "true"}
    asked = world.inside(lambda: client.get(path, {"fase": "going"}, headers=headers))
    assert asked.status_code == 204
    world.settle()
    answer = world.inside(lambda: client.get(path, {"fase": "going"}, headers=headers)).content.decode()
    assert answer.lstrip().startswith('<div id="avance">')
    assert "<html" not in answer


@pytest.mark.parametrize("why", ["late", "closed"])
def test_a_note_that_the_portal_no_longer_takes_is_invoiced_here_and_that_is_told(world: World, why: str) -> None:
    ticket = world.sale()
    if why == "late":
        world.time_passes(days=40)
    else:
        world.scoped(lambda: PortalPolicy.objects.update(enabled=False))
    client = world.log_in()
    page = get(world, client, f"nota/{ticket.pk}/").content.decode()
    assert {"late": "El plazo del portal ya terminó", "closed": "El portal está cerrado"}[why] in page
    emit(world, client, ticket)
    entry = world.scoped(lambda: Entry.objects.get(act="ticket.claimed"))
    assert entry.actor == "ana@amate.example"
    assert entry.detail["although"] == {"late": "expired", "closed": "portal_off"}[why]


@pytest.mark.parametrize(("state", "said"), [("void", "está cancelada"), ("locked", "está bloqueada")])
def test_a_note_that_is_held_is_not_invoiced_here_either(world: World, state: str, said: str) -> None:
    ticket = world.sale()
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(state=state))
    client = world.log_in()
    for answer in (get(world, client, f"nota/{ticket.pk}/"), emit(world, client, ticket)):
        assert answer["Location"] == f"{world.shop.office}notas/{ticket.pk}/"
    told = world.inside(lambda: client.get(f"{world.shop.office}notas/{ticket.pk}/")).content.decode()
    assert said in told
    assert world.scoped(Invoice.objects.count) == 0


def test_a_second_click_leads_to_the_same_invoice(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    first, second = emit(world, client, ticket), emit(world, client, ticket)
    assert first["Location"] == second["Location"]
    assert world.scoped(Invoice.objects.count) == 1


def test_a_suspended_company_issues_nothing_and_is_told(world: World) -> None:
    ticket, client = world.sale(), world.log_in()
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=True))
    emit(world, client, ticket)
    told = world.inside(lambda: client.get(f"{world.shop.office}notas/{ticket.pk}/")).content.decode()
    assert "El SAT suspendió la emisión" in told
    assert world.scoped(Invoice.objects.count) == 0


def test_what_the_company_must_mend_is_not_blamed_on_the_sat(world: World) -> None:
    world.pac.admin("credits", {"left": 0}, method="PUT")
    client = world.log_in()
    emit(world, client, world.sale())
    world.settle()
    world.time_passes(minutes=2)
    page = get(world, client, f"factura/{only_invoice(world).pk}/").content.decode()
    assert "Falta corregir algo de tu empresa" in page
    assert "timbres" in page
    assert "El SAT tarda" not in page
    assert "data-live" not in page


def test_data_that_the_sat_refuses_are_corrected_here_with_all_that_was_typed(world: World) -> None:
    world.pac.admin("lists", {"mode": "open", "receivers": {FISICA["rfc"]: {"cp": "01000"}}}, method="PUT")
    ticket, client = world.sale(), world.log_in()
    emit(world, client, ticket)
    world.settle()
    told = get(world, client, f"factura/{only_invoice(world).pk}/").content.decode()
    assert "El código postal no es el de tu domicilio fiscal" in told
    again = get(world, client, f"nota/{ticket.pk}/")
    assert again.status_code == 422
    assert again.context["form"].errors["cp"]
    assert again.context["form"].data["nombre"] == "INGRID XODAR JIMENEZ"
    emit(world, client, ticket, FISICA, cp="01000")
    world.settle()
    states = world.scoped(lambda: list(Invoice.objects.order_by("id").values_list("state", flat=True)))
    assert states == [State.REFUSED, State.STAMPED]


@pytest.mark.parametrize("role", list(Role))
def test_who_sells_may_invoice_and_nobody_else(world: World, role: Role) -> None:
    ticket = world.sale()
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    client = world.log_in()
    may = role in (Role.OWNER, Role.ADMIN, Role.ACCOUNTANT, Role.CASHIER)
    home = get(world, client)
    assert home.status_code == 200
    assert ("Capturar una venta" in home.content.decode()) is may
    assert get(world, client, f"nota/{ticket.pk}/").status_code == (200 if may else 403)
    assert get(world, client, "venta/").status_code == (200 if may else 403)
    assert emit(world, client, ticket).status_code == (302 if may else 403)
    assert post(world, client, "venta/", accion="nota").status_code == (422 if may else 403)


@pytest.mark.parametrize("since", ["cancel_requested", "in_process", "cancelled"])
def test_one_that_has_a_story_since_is_not_said_to_be_on_its_way(world: World, since: str) -> None:
    invoice, client = desk.stamped(world), world.log_in()
    how = {"cancelled_at": world.now(), "cancelled_how": "without"} if since == "cancelled" else {}
    world.scoped(lambda: Invoice.objects.filter(pk=invoice.pk).update(state=since, **how))
    assert get(world, client, f"factura/{invoice.pk}/")["Location"] == f"{world.shop.office}facturas/{invoice.pk}/"
