"""Ajustes, through the edge: each page shows the consequence before saving, and refuses at the place."""

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from PIL import Image

from amate.access.models import Membership, Role
from amate.companies.models import Branch, Csd, CsdUpload, Emisor, PortalPolicy
from amate.fiscal.clock import zone_of
from amate.invoices.models import Invoice
from amate.self_invoicing.rules import Window, deadline_of
from amate.self_invoicing.schedule_globals import schedule_globals
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.web.portal.buyer import Buyer
from tests.world import World

PAGES = ("", "empresa/", "marca/", "sucursales/", "sello/", "correo/", "portal/", "dominio/", "timbrado/")
RULES = {
    "enabled": "on",
    "until": "days",
    "window_days": "30",
    "grace_days": "",
    "minimum": "",
    "default_uso": "",
}


def post(office: Office, path: str, data: dict[str, Any], **more: Any) -> Any:
    address = f"{office.world.shop.office}ajustes/{path}"
    return office.world.inside(lambda: office.client.post(address, data, **more))


def said(answer: Any) -> str:
    return str(answer.content.decode())


def test_only_who_may_configure_comes_in(world: World) -> None:
    client = world.log_in()
    for role in Role:
        world.inside(lambda role=role: Membership.objects.filter(company=world.shop.company).update(role=role))
        wanted = 200 if role in (Role.OWNER, Role.ADMIN) else 403
        for page in PAGES:
            answer = world.inside(lambda page=page: client.get(f"{world.shop.office}ajustes/{page}"))
            assert answer.status_code == wanted, (role, page)
        menu = world.inside(lambda: client.get(world.shop.office)).content.decode()
        assert ("/ajustes/" in menu) is (wanted == 200)


# ------------------------------------------------------------ empresa


def test_the_company_is_changed_and_a_wrong_regime_is_refused_at_its_field(world: World, office: Office) -> None:
    typed = {"rfc": "CEA210315XX4", "nombre": "CAFETERIA EL AMATE", "regimen_fiscal": "612", "telefono": "33 9999 0000"}
    typed |= {"usual_iva": "0.08"}
    wrong = post(office, "empresa/", typed)
    assert wrong.status_code == 422
    assert "Ese régimen no es de una persona moral" in said(wrong)
    assert post(office, "empresa/", typed | {"regimen_fiscal": "601"}).status_code == 302
    kept = world.scoped(lambda: Emisor.objects.get())
    assert (kept.telefono, kept.usual_iva) == ("33 9999 0000", "0.08")
    assert "33 9999 0000" in said(Buyer(world.shop).get(""))


# ------------------------------------------------------------ marca


def test_a_pale_colour_is_shown_before_and_after_and_kept_readable(world: World, office: Office) -> None:
    seen = said(post(office, "marca/", {"colour": "#f2b100", "ver": "1"}))
    assert 'fill="#f2b100"' in seen
    kept = re.findall(r'fill="(#[0-9a-f]{6})"', seen)[-1]
    assert kept != "#f2b100"
    assert world.scoped(lambda: Emisor.objects.get().colour) == "#0b5f4d", "seeing is not saving"
    fragment = said(post(office, "marca/", {"colour": "#f2b100"}, headers={"HX-Request": "true"}))
    assert fragment.startswith('<div id="muestra"')
    assert post(office, "marca/", {"colour": "#f2b100", "guardar": "1"}).status_code == 302
    assert world.scoped(lambda: Emisor.objects.get().colour) == kept
    assert post(office, "marca/", {"colour": "red"}).status_code == 422


def test_a_logo_is_seen_by_buyers_staff_and_on_paper(world: World, office: Office) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (400, 160), "#1d5a99").save(file, "PNG")
    invoice = desk.stamped(world)
    plain = office.get(f"facturas/{invoice.pk}/pdf").content
    assert post(office, "marca/logotipo/", {"logo": SimpleUploadedFile("l.png", file.getvalue())}).status_code == 302
    address = re.search(r'class="logo" src="([^"]*)"', said(Buyer(world.shop).get("")))
    assert address
    assert address[1] in office.text()
    picture = world.inside(lambda: Client().get(address[1]))
    assert (picture["Content-Type"], "immutable" in picture["Cache-Control"]) == ("image/png", True)
    assert office.get(f"facturas/{invoice.pk}/pdf").content != plain, "the kept PDF was of the time without a logo"
    assert Buyer(world.other).get("").content.find(b'class="logo"') == -1


def test_a_script_in_place_of_a_logo_is_refused_with_a_sentence(world: World, office: Office) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    answer = post(office, "marca/logotipo/", {"logo": SimpleUploadedFile("logo.png", svg)})
    assert answer.status_code == 422
    assert "Guárdalo como PNG" in said(answer)
    assert post(office, "marca/logotipo/", {}).status_code == 422
    assert world.scoped(lambda: Emisor.objects.get().logo) == ""


def test_a_logo_of_forty_megabytes_is_answered_at_its_field(world: World, office: Office) -> None:
    picture = SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40_000_000)
    answer = post(office, "marca/logotipo/", {"logo": picture})
    assert answer.status_code == 422
    page = said(answer)
    assert "El archivo pesa más de 2 MB. Guárdalo más chico y súbelo otra vez." in page
    assert 'id="id_logo_error"' in page or 'id="logo_error"' in page
    assert world.scoped(lambda: Emisor.objects.get().logo) == ""


# ------------------------------------------------------------ sucursales


def test_a_branch_is_opened_with_its_hour_and_a_serie_of_its_own(world: World, office: Office) -> None:
    typed = {"nombre": "Playas", "cp": "22500", "serie": "AF", "address": "", "code": ""}
    taken = post(office, "sucursales/", typed)
    assert (taken.status_code, "La serie AF ya es de Sucursal Centro" in said(taken)) == (422, True)
    assert post(office, "sucursales/", typed | {"serie": "p"}).status_code == 302
    page = office.text("ajustes/sucursales/")
    assert "Hora del noroeste" in page
    assert "P-1" in page
    assert office.text("ajustes/sucursales/hora/", cp="77500").strip() == "Hora del sureste"


def test_the_only_branch_is_not_closed(world: World, office: Office) -> None:
    centro = world.shop.branch.pk
    answer = post(office, f"sucursales/{centro}/cerrar/", {}, follow=True)
    assert "Es tu única sucursal abierta" in said(answer)
    assert world.scoped(lambda: Branch.objects.get().closed_at) is None


# ------------------------------------------------------------ sello digital


def files(minted: Any, **other: Any) -> dict[str, Any]:
    return {
        "cer": SimpleUploadedFile("c.cer", minted.cer),
        "key": SimpleUploadedFile("c.key", minted.key),
        "password": minted.password,
        **other,
    }


def test_a_csd_is_sent_judged_and_shown(world: World, office: Office) -> None:
    world.scoped(lambda: Csd.objects.all().delete())
    assert "Sube tu CSD para poder facturar" in office.text("ajustes/sello/")
    minted = world.minted.csds["moral"]
    assert post(office, "sello/", files(minted)).status_code == 302
    assert "Revisamos tu sello digital" in office.text("ajustes/sello/")
    assert 'data-live="' in office.text("ajustes/sello/estado/")
    world.settle()
    assert office.get("ajustes/sello/estado/")["HX-Redirect"].endswith("/ajustes/sello/")
    page = office.text("ajustes/sello/")
    assert world.scoped(lambda: Csd.objects.get().no_certificado) in page
    assert "Revisamos" not in page


@pytest.mark.parametrize(
    ("role", "sentence"),
    [("fiel", "Esto es tu e.firma"), ("expired", "Este CSD venció"), ("fisica", "tu empresa es CEA")],
)
def test_a_wrong_certificate_is_refused_at_once(world: World, office: Office, role: str, sentence: str) -> None:
    answer = post(office, "sello/", files(world.minted.csds[role]))
    assert (answer.status_code, sentence in said(answer)) == (422, True)
    assert not world.scoped(lambda: CsdUpload.objects.exists())


def test_a_wrong_password_is_told_when_the_worker_has_tried_it(world: World, office: Office) -> None:
    minted = world.minted.csds["moral"]
    post(office, "sello/", files(minted, password="no es esta"))
    world.settle()
    page = office.text("ajustes/sello/")
    assert "La contraseña no abre esta llave" in page
    assert "no es esta" not in page
    assert post(office, "sello/", files(minted, key=SimpleUploadedFile("x.key", b"0" * 30_000))).status_code == 422


@pytest.mark.parametrize(("days", "tone"), [(61, None), (59, "warn"), (29, "warn"), (6, "bad")])
def test_home_warns_sixty_thirty_and_seven_days_before(
    world: World, office: Office, days: int, tone: str | None
) -> None:
    world.scoped(lambda: Csd.objects.update(valid_to=world.now() + timedelta(days=days, hours=1)))
    found = [one for one in office.get().context["todo"] if "sello digital" in one.text]
    assert [one.tone for one in found] == ([tone] if tone else [])
    assert all(one.url.endswith("/ajustes/sello/") for one in found)


# ------------------------------------------------------------ portal


def test_the_simulator_says_what_is_on_the_form_before_it_is_saved(world: World, office: Office) -> None:
    typed = RULES | {"window_days": "0", "effective_from": str(world.today()), "ver": "1"}
    seen = post(office, "portal/", typed)
    day = re.search(r"hasta el (\d+ de \w+ de \d{4}) a las 23:59 \(hora del centro\)", said(seen))
    assert day
    assert int(day[1].split()[0]) == world.today().day
    fragment = said(post(office, "portal/", typed, headers={"HX-Request": "true"}))
    assert fragment.startswith('<div id="simulador"')
    assert day[0] in fragment
    assert world.scoped(lambda: PortalPolicy.objects.count()) == 1
    del typed["enabled"]
    assert "solo se factura en tu mostrador" in said(post(office, "portal/", typed))


def test_what_is_saved_is_what_the_next_note_prints(world: World, office: Office) -> None:
    old = world.sale()
    typed = RULES | {"window_days": "2", "minimum": "10.50", "effective_from": str(world.today()), "guardar": "1"}
    assert post(office, "portal/", typed).status_code == 302
    rules = world.scoped(lambda: PortalPolicy.objects.latest("effective_from"))
    assert (rules.window_days, rules.minimum, rules.enabled) == (2, Decimal("10.50"), True)
    assert (world.sale().deadline - world.now()).days <= 2
    assert (old.deadline - world.now()).days >= 29
    assert "Cada compra se factura hasta 2 días naturales después." in said(Buyer(world.shop).get(""))


def test_a_portal_that_opens_without_a_seal_says_what_its_buyers_would_wait_for(world: World, office: Office) -> None:
    typed = RULES | {"effective_from": str(world.today()), "guardar": "1"}
    missing = "Te falta un sello digital (CSD) vigente"
    assert missing not in post(office, "portal/", typed, follow=True).content.decode()
    world.scoped(lambda: Csd.objects.update(retired_at=world.now()))
    assert missing in post(office, "portal/", typed, follow=True).content.decode()
    assert missing not in post(office, "portal/", typed | {"enabled": ""}, follow=True).content.decode()


SENTENCES = {
    "days": "Cada compra se factura hasta 3 días naturales después.",
    "month_end": "Cada compra se factura hasta 5 días después de que termine su mes.",
    "earlier": "Cada compra se factura hasta 3 días naturales después o 5 días después de que termine su mes, "
    "lo que llegue primero.",
}


@pytest.mark.parametrize(("until", "sentence"), SENTENCES.items())
def test_the_three_rules_are_said_alike_where_they_are_set_and_to_buyers(
    world: World, office: Office, until: str, sentence: str
) -> None:
    grace = {"grace_days": "5"} if until != "days" else {}
    typed = RULES | {"until": until, "window_days": "3", "effective_from": str(world.today())} | grace
    assert sentence in said(post(office, "portal/", typed | {"ver": "1"}))
    assert post(office, "portal/", typed | {"guardar": "1"}).status_code == 302
    settings = office.text("ajustes/portal/")
    assert settings.count(sentence) == 2, "in the simulator and in the list of dates"
    chosen = [part for part in settings.split("<input") if 'name="until"' in part and "checked" in part]
    assert [f'value="{until}"' in part for part in chosen] == [True]
    for page in (office.text(), said(Buyer(world.shop).get(""))):
        assert page.count("Cada compra se factura") == page.count(sentence) == 1
    rules = world.scoped(lambda: PortalPolicy.objects.latest("effective_from"))
    ticket = world.sale()
    assert ticket.deadline == deadline_of(sold_at=ticket.sold_at, window=Window.of(rules), zone=zone_of("44100"))
    assert rules.window_days == (None if until == "month_end" else 3)


def test_a_branch_with_a_rule_of_its_own_is_named_in_the_answer_to_until_when(world: World, office: Office) -> None:
    post(office, "sucursales/", {"nombre": "Playas", "cp": "22500", "serie": "P"})
    pk = world.scoped(lambda: Branch.objects.get(code="playas").pk)
    typed = RULES | {"until": "month_end", "window_days": "", "effective_from": str(world.today()), "guardar": "1"}
    assert post(office, f"portal/{pk}/", typed).status_code == 302
    for page in (office.text(), said(Buyer(world.shop).get(""))):
        own = " ".join(re.sub("<[^>]+>", " ", page).split())
        assert "Sucursal Centro. Cada compra se factura hasta 30 días naturales después." in own
        assert "Playas. Cada compra se factura hasta el último día de su mes." in own
    del typed["enabled"]
    assert post(office, f"portal/{pk}/", typed).status_code == 302
    assert "<b>Playas.</b> Por ahora la factura se pide en la tienda." in said(Buyer(world.shop).get(""))


def test_a_branch_has_rules_of_its_own_until_it_follows_the_company_again(world: World, office: Office) -> None:
    post(office, "sucursales/", {"nombre": "Playas", "cp": "22500", "serie": "P"})
    pk = world.scoped(lambda: Branch.objects.get(code="playas").pk)
    typed = RULES | {"window_days": "5", "effective_from": str(world.today()), "guardar": "1"}
    assert post(office, f"portal/{pk}/", typed).status_code == 302
    assert "hora del noroeste" in office.text(f"ajustes/portal/{pk}/")
    assert world.scoped(lambda: PortalPolicy.objects.get(branch_id=pk).window_days) == 5
    assert post(office, f"portal/{pk}/", typed | {"follows_company": "on"}).status_code == 302
    assert world.scoped(lambda: PortalPolicy.objects.get(branch_id=pk).follows_company)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"window_days": "400"}, "Escribe de 0 a 366 días"),
        ({"window_days": "muchos"}, "Escribe un número entero"),
        ({"grace_days": "5"}, "cuentan desde el fin de mes"),
        ({"until": ""}, "Elige una de las tres"),
        ({"window_days": ""}, "Escribe un número"),
        ({"until": "earlier", "window_days": ""}, "Escribe un número"),
        ({"effective_from": "2020-01-01"}, "Elige hoy o un día que venga"),
        ({"minimum": "-1"}, "Escribe un importe desde 0"),
        ({"stamps_an_hour": "0"}, "Escribe de 1 a 1000 facturas"),
        ({"corrections": "6"}, "Escribe de 0 a 5"),
        ({"hours_awaited": "721"}, "Escribe de 1 a 720 horas"),
    ],
)
def test_wrong_rules_are_refused_at_their_field(
    world: World, office: Office, wrong: dict[str, str], sentence: str
) -> None:
    answer = post(office, "portal/", RULES | {"effective_from": str(world.today()), "guardar": "1"} | wrong)
    assert (answer.status_code, sentence in said(answer)) == (422, True)
    assert world.scoped(lambda: PortalPolicy.objects.count()) == 1


# ------------------------------------------------------------ the first invoice


def test_a_test_invoice_is_made_only_with_the_simulator(world: World, office: Office) -> None:
    post(office, "prueba/", {})
    assert not world.scoped(lambda: Invoice.objects.exists())
    with override_settings(PAC_IS_SIMULATOR=True):
        answer = post(office, "prueba/", {})
    world.settle()
    invoice = world.scoped(lambda: Invoice.objects.get())
    assert answer["Location"].endswith(f"/facturas/{invoice.pk}/")
    assert (invoice.state, invoice.total) == ("stamped", Decimal("116.00"))


def test_one_concept_instead_of_the_detail_is_a_rule_with_its_warning(world: World, office: Office) -> None:
    page = office.text("ajustes/portal/")
    assert "tu cliente podría no deducirla" in page
    assert "RESICO" not in page, "the company is of another regime"
    typed = RULES | {"effective_from": str(world.today()), "guardar": "1"}
    food = {
        "g0-descripcion": "Consumo de alimentos",
        "g0-family": "",
        "g0-clave_prod_serv": "90101501",
        "g0-clave_unidad": "e48",
        "g1-descripcion": "",
        "g1-family": "",
        "g1-clave_prod_serv": "",
        "g1-clave_unidad": "",
    }
    wrong = post(office, "portal/", typed | food | {"g0-clave_prod_serv": "99999999"})
    assert wrong.status_code == 422
    assert said(wrong).count("El SAT no tiene la clave de producto “99999999”") == 2  # in the summary and at the field
    assert post(office, "portal/", typed | food).status_code == 302
    rules = world.scoped(lambda: PortalPolicy.objects.latest("effective_from"))
    assert rules.generics == [
        {"descripcion": "Consumo de alimentos", "family": "", "clave_prod_serv": "90101501", "clave_unidad": "E48"}
    ]
    assert rules.withholds_isr
    assert 'value="Consumo de alimentos"' in office.text("ajustes/portal/")
    assert post(office, "portal/", typed).status_code == 302, "without its rows, the detail again"
    assert world.scoped(lambda: PortalPolicy.objects.latest("effective_from").generics) == []


def test_a_resico_is_asked_whether_it_is_withheld_from(world: World) -> None:
    world.scoped(lambda: Emisor.objects.update(rfc="LOAM850712XX3", regimen_fiscal="626"))
    office = Office(world)
    assert "LISR 113-J" in office.text("ajustes/portal/")
    typed = RULES | {"effective_from": str(world.today()), "guardar": "1"}
    post(office, "portal/", typed | {"withholds_isr": "on"})
    assert world.scoped(lambda: PortalPolicy.objects.latest("effective_from").withholds_isr)
    post(office, "portal/", typed)
    assert not world.scoped(lambda: PortalPolicy.objects.latest("effective_from").withholds_isr)


def test_a_branch_gets_its_logo_and_the_texts_are_seen(world: World, office: Office) -> None:
    file = io.BytesIO()
    Image.new("RGBA", (400, 160), "#1d5a99").save(file, "PNG")
    path = f"sucursales/{world.shop.branch.pk}/"
    assert post(office, path + "logotipo/", {}).status_code == 422
    assert post(office, path + "logotipo/", {"logo": SimpleUploadedFile("l.png", file.getvalue())}).status_code == 302
    assert f"-/logo-{world.shop.branch.pk}.png" in office.text(f"ajustes/{path}")
    assert post(office, path + "sin-logotipo/", {}).status_code == 302
    assert world.scoped(lambda: Branch.objects.get().logo) == ""
    texts = {"foot_note": "Cambios en 30 días", "welcome": "Factura aquí tu consumo"}
    assert post(office, "marca/textos/", texts).status_code == 302
    assert "Factura aquí tu consumo" in said(Buyer(world.shop).get(""))
    assert post(office, "marca/textos/", texts | {"foot_note": "a|b"}).status_code == 422


# ------------------------------------------------------------ tills, as customers call them

TILLS = {"s0-source": "caja-1", "s0-label": "la caja principal", "s1-source": "web", "s1-label": "la tienda en línea"}
RULE = "En el portal se facturan compras de la caja principal o la tienda en línea."


def test_the_tills_of_a_rule_are_named_as_buyers_know_them(world: World, office: Office) -> None:
    typed = RULES | TILLS | {"s2-source": "", "s2-label": "", "effective_from": str(world.today())}
    assert RULE in said(post(office, "portal/", typed | {"ver": "1"}))
    assert world.scoped(lambda: Emisor.objects.get().source_labels) == {}, "nothing was saved by looking"
    assert post(office, "portal/", typed | {"guardar": "1"}).status_code == 302
    assert world.scoped(lambda: PortalPolicy.objects.latest("effective_from").sources) == ["caja-1", "web"]
    assert world.scoped(lambda: Emisor.objects.get().source_labels) == {
        "caja-1": "la caja principal",
        "web": "la tienda en línea",
    }
    page = office.text("ajustes/portal/")
    assert RULE in page
    assert 'value="la caja principal"' in page
    assert "Cambió cómo se llaman sus cajas" in office.text("auditoria/")
    buyer = Buyer(world.shop)
    buyer.opens(world.sale())
    assert RULE in said(buyer.get("aviso/"))
    again = typed | {"s0-label": "la caja de la entrada", "guardar": "1"}
    assert post(office, "portal/", again).status_code == 302
    assert "de la caja de la entrada o la tienda" in said(buyer.get("aviso/")), "a name is the company's, not of a date"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"s0-label": ""}, "Escribe cómo conocen tus clientes a la caja caja-1"),
        ({"s0-source": ""}, "Escribe con qué nombre envía sus ventas la caja principal"),
        ({"s0-label": "x" * 61}, "60"),
    ],
)
def test_a_till_without_a_name_for_people_is_refused(
    world: World, office: Office, wrong: dict[str, str], sentence: str
) -> None:
    typed = RULES | TILLS | {"effective_from": str(world.today()), "guardar": "1"}
    answer = post(office, "portal/", typed | wrong)
    assert (answer.status_code, sentence in said(answer)) == (422, True)
    assert world.scoped(lambda: PortalPolicy.objects.count()) == 1
    assert world.scoped(lambda: Emisor.objects.get().source_labels) == {}


def test_the_rules_say_what_they_mean_for_the_globals_that_make_themselves(world: World, office: Office) -> None:
    """Of one branch, and of the company's with the names of those that follow it."""
    here = world.shop.branch
    page = f"portal/{here.pk}/"
    typed = RULES | {"until": "month_end", "window_days": "", "effective_from": str(world.today()), "ver": "1"}
    assert "su global" not in said(post(office, page, typed))
    world.scoped(lambda: schedule_globals(branch_id=here.pk, periodicidad="04", hour=9, now=world.now()))
    assert "A cada compra se le acaba el plazo del portal antes de su global." in said(post(office, page, typed))
    longer = typed | {"until": "days", "window_days": "40"}
    told = said(post(office, page, longer))
    assert "A algunas compras les sobra plazo después de su global" in told
    assert "una nota de crédito saca su compra de la global" in told
    assert "su global" in said(post(office, "portal/", longer))
    kept = longer | {"guardar": "1"}
    del kept["ver"]
    assert post(office, page, kept).status_code == 302
    assert "su global" in office.text(f"ajustes/{page}")
