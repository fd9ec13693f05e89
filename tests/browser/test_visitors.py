"""Who comes to the portal, as people are, in a real browser. What "served" means for each stands here before anybody comes; the
run says who was served, and where the others stopped.

Another visitor is one more sentence in SERVED_WHEN and one more function below, with the same name.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Browser, expect
from playwright.sync_api import Error as BrowserError

from amate.help.models import Case
from amate.invoices.models import Invoice, Kind, State
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.register import register_ticket
from amate.self_invoicing.reserve import reserve_codes
from tests.browser.person import Person
from tests.constancia.paper import FISICA as PAPER
from tests.constancia.paper import pdf_of
from tests.people import FISICA, MORAL
from tests.self_invoicing.test_close_period import closed
from tests.self_invoicing.test_register import a_sale
from tests.world import World

SERVED_WHEN = {
    "types_the_letter_o_for_a_zero": "tiene su factura, sin que nadie le diga que escribió mal el código",
    "leaves_out_the_cents": "le dicen cómo se escribe el total, lo escribe y tiene su factura",
    "types_everything_in_lower_case": "tiene su factura, con guiones y minúsculas en el RFC, el código y el nombre",
    "keeps_the_form_of_company": "ve que le quitan la forma de la sociedad y el SAT le acepta el nombre a la primera",
    "has_an_old_postal_code": "el SAT lo rechaza, vuelve al campo, pone el bueno y tiene su factura",
    "picks_another_regime": "el SAT lo rechaza, vuelve al campo, elige el suyo y tiene su factura",
    "comes_too_late": "pide una excepción, la tienda le reabre la nota y se lo dice por correo, y tiene su factura",
    "comes_after_the_global": "tiene su factura como siempre, y la nota sale de la global",
    "is_at_the_wrong_shop": "no ve nada de otra tienda, abre el QR de su nota y tiene su factura de quien le vendió",
    "comes_second": "no ve los datos del primero y la tienda tiene su aviso con la nota",
    "clicks_twice": "tiene una factura, y solo una",
    "has_no_javascript": "tiene su factura",
    "has_an_old_small_phone": "tiene su factura sin mover ninguna página hacia los lados",
    "listens_to_the_page": "tiene su factura con el teclado y lo que se lee: cada campo dice su nombre, en orden, y el error lo lleva",
    "mistypes_the_mail": "ve que ese correo no la recibió, la manda al bueno y ahí le llega",
    "is_faster_than_the_till": "deja sus datos y su factura le llega por correo cuando llega la venta",
    "wants_it_corrected": "tiene otra factura con el dato bueno, que sustituye a la primera",
    "has_a_constancia": "la sube, sus datos quedan puestos y tiene su factura; si el archivo no sirve, escribe y sigue",
    "pays_taxes_abroad": "tiene su factura con su nombre, su país y XEXX010101000",
    "comes_back_after_a_month": "en otro teléfono, con su nota y su RFC, descarga los mismos archivos",
}
# The SAT's list, shut: who is not in it does not exist, and what differs from it is refused.
LCO = {
    MORAL["rfc"]: {"nombre": "SURCO DISEÑO", "cp": MORAL["cp"], "regimenes": ["601"]},
    FISICA["rfc"]: {"nombre": "INGRID XODAR JIMENEZ", "cp": FISICA["cp"], "regimenes": ["612"]},
}
PATIENCE = 30_000  # milliseconds: somebody who waits longer at one page has stopped there


@dataclass
class Day:
    """One visitor's: the browsers he sits at, and what he must end up with."""

    world: World
    site: str
    browser: Browser
    people: list[Person] = field(default_factory=list)

    def somebody(self, **how: Any) -> Person:
        person = Person(self.browser, f"{self.site}{self.world.shop.portal}", **how)
        person.context.set_default_timeout(PATIENCE)
        self.people.append(person)
        return person

    def note(self) -> Ticket:
        return self.world.sale()

    def holds(self, person: Person, ticket: Ticket, who: dict[str, str] = MORAL) -> Any:
        """Both files, stamped, of this sale and to his name. Answers the XML."""
        person.arrives("/listo/")
        expect(person.page.get_by_role("heading", name="Tu factura está lista")).to_be_visible()
        files = {}
        for kind in ("pdf", "xml"):
            address = person.page.get_by_role("link", name=f"Descargar {kind.upper()}").get_attribute("href")
            answer = person.context.request.get(f"{self.site}{address}")
            assert answer.ok, answer.status
            files[kind] = answer.body()
        assert files["pdf"].startswith(b"%PDF")
        root = etree.fromstring(files["xml"])
        receptor = root.find("{*}Receptor")
        assert receptor is not None
        assert root.find("{*}Complemento/{*}TimbreFiscalDigital") is not None
        assert (receptor.get("Rfc"), root.get("Total")) == (who["rfc"].upper(), f"{ticket.total:.2f}")
        assert person.said == [], person.said
        return root

    def mail_to(self, correo: str) -> list[Any]:
        return [one for one in self.world.mail.mails if one["To"] == correo]

    def office(self, path: str, data: dict[str, str]) -> None:
        """What somebody of the shop does meanwhile."""
        client = self.world.log_in()
        answer = self.world.inside(lambda: client.post(f"{self.world.shop.office}{path}", data))
        assert answer.status_code == 302, answer.status_code

    def until(self, true: Callable[[], Any], person: Person) -> None:
        for _ in range(PATIENCE // 250):
            if true():
                return
            person.page.wait_for_timeout(250)
        raise AssertionError("it never came")


# ------------------------------------------------------------ the visitors


def types_the_letter_o_for_a_zero(day: Day) -> None:
    ticket = next(one for one in iter(day.note, None) if "0" in one.code)
    ana = day.somebody()
    ana.types(show_code(ticket.code).replace("0", "O").replace("1", "l"), f"{ticket.total:,.2f}")
    assert ana.at == "datos/"
    ana.gives()
    ana.clicks("Emitir mi factura")
    day.holds(ana, ticket)


def leaves_out_the_cents(day: Day) -> None:
    ticket, ana = day.note(), day.somebody()
    ana.types(show_code(ticket.code), f"{ticket.total:.0f}")
    expect(ana.page.get_by_role("link", name="Escribe el total con pesos y centavos, como 1,248.50")).to_be_visible()
    assert ana.page.locator("#codigo").input_value() == show_code(ticket.code), "what was right is kept"
    ana.page.locator("#total").fill(f"{ticket.total:.2f}")
    ana.clicks("Buscar mi compra")
    ana.gives()
    ana.clicks("Emitir mi factura")
    day.holds(ana, ticket)


def types_everything_in_lower_case(day: Day) -> None:
    ticket, ana = day.note(), day.somebody()
    ana.types(ticket.code.lower(), f"$ {ticket.total:.2f} pesos")
    ana.gives(rfc="sdi-190823-kx4", nombre="surco diseño")
    ana.clicks("Emitir mi factura")
    day.holds(ana, ticket)


def keeps_the_form_of_company(day: Day) -> None:
    ticket, ana = day.note(), day.somebody()
    ana.opens(ticket)
    ana.gives(nombre="SURCO DISEÑO, SOCIEDAD ANONIMA DE CAPITAL VARIABLE")
    expect(ana.page.get_by_text("Quitamos “SOCIEDAD ANONIMA DE CAPITAL VARIABLE”")).to_be_visible()
    ana.clicks("Emitir mi factura")
    day.holds(ana, ticket)


def has_an_old_postal_code(day: Day) -> None:
    _is_refused(day, "cp", "El código postal no es el de tu domicilio fiscal", cp="44100")


def picks_another_regime(day: Day) -> None:
    _is_refused(day, "regimen_fiscal", "Este régimen no corresponde a tu RFC", regimen_fiscal="603")


def _is_refused(day: Day, field_name: str, message: str, **wrong: str) -> None:
    ticket, ana = day.note(), day.somebody()
    ana.emits(ticket, **wrong)
    ana.arrives("/datos/")
    ana.page.get_by_role("link", name=message).click()
    assert ana.stands_at(field_name)
    assert ana.page.locator("#rfc").input_value() == MORAL["rfc"], "what was right is kept"
    ana.gives()
    ana.clicks("Emitir mi factura")
    day.holds(ana, ticket)


def comes_too_late(day: Day) -> None:
    world, ticket, ana = day.world, day.note(), day.somebody()
    late = world.now() - timedelta(days=3)
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(deadline=late))
    ana.opens(ticket)
    ana.page.get_by_role("link", name="Pedir una excepción").click()
    ana.page.get_by_label("¿Qué necesitas?").fill("Estuve en el hospital y no pude venir antes.")
    ana.page.get_by_label("Tu correo o tu teléfono").fill("tarde@example.com")
    ana.clicks("Enviar mi mensaje")
    case = world.scoped(lambda: Case.objects.get(ticket=ticket))
    day.office(f"ayuda/{case.pk}/reabrir-nota/", {"horas": "24"})
    day.until(lambda: day.mail_to("tarde@example.com"), ana)
    told = day.mail_to("tarde@example.com")[0].get_body(("plain",)).get_content()
    assert re.search(rf"https?://\S+{world.shop.portal}", told), told
    ana.opens(ticket)
    ana.gives()
    ana.clicks("Emitir mi factura")
    day.holds(ana, ticket)


def comes_after_the_global(day: Day) -> None:
    world, ticket, ana = day.world, day.note(), day.somebody()
    (made,) = closed(world)
    day.until(lambda: world.invoice(made).state == State.STAMPED, ana)
    ana.opens(ticket)
    expect(ana.page.get_by_text("todavía puedes tener la tuya")).to_be_visible()
    ana.gives()
    ana.clicks("Emitir mi factura")
    day.holds(ana, ticket)
    left = {"kind": Kind.EGRESO, "state": State.STAMPED}
    day.until(lambda: world.scoped(lambda: Invoice.objects.filter(**left).exists()), ana)


def is_at_the_wrong_shop(day: Day) -> None:
    world, ana = day.world, day.somebody()
    ticket = world.sale(world.other)
    ana.opens(ticket)
    expect(ana.page.get_by_role("link", name="No encontramos una nota con esos datos")).to_be_visible()
    assert "Papelería" not in ana.page.locator("body").inner_text()
    ana.portal = f"{day.site}{world.other.portal}"
    ana.scans(ticket)
    ana.gives()
    ana.clicks("Emitir mi factura")
    day.holds(ana, ticket)


def comes_second(day: Day) -> None:
    ticket, first, ana = day.note(), day.somebody(), day.somebody()
    first.emits(ticket)
    day.holds(first, ticket)
    ana.opens(ticket)
    assert ana.at == "descargar/"
    shown = ana.page.locator("body").inner_text()
    assert not [word for word in (MORAL["rfc"], "SURCO", MORAL["correo"]) if word in shown]
    ana.page.get_by_text("No fui yo").click()
    ana.page.get_by_role("link", name="Avisar a la tienda").click()
    ana.page.get_by_label("¿Qué necesitas?").fill("Mi nota aparece facturada y no fui yo.")
    ana.page.get_by_label("Tu correo o tu teléfono").fill("33 1111 2222")
    ana.clicks("Enviar mi mensaje")
    expect(ana.page.get_by_text("La tienda recibió tu mensaje")).to_be_visible()
    case = day.world.scoped(lambda: Case.objects.get(ticket=ticket))
    assert (case.subject, case.telefono) == ("ajena", "3311112222")


def clicks_twice(day: Day) -> None:
    ticket, ana = day.note(), day.somebody()
    ana.scans(ticket)
    ana.gives()
    ana.page.get_by_role("button", name="Emitir mi factura").dblclick()
    day.holds(ana, ticket)
    assert day.world.scoped(lambda: Claim.objects.filter(ticket=ticket).count()) == 1


def has_no_javascript(day: Day) -> None:
    ticket, ana = day.note(), day.somebody(script=False)
    ana.opens(ticket)
    ana.gives()
    ana.clicks("Emitir mi factura")

    def ready() -> bool:
        if ana.at == "emitiendo/":
            ana.page.get_by_role("link", name="Actualizar").click()
        return ana.at == "listo/"

    day.until(ready, ana)
    day.holds(ana, ticket)


def has_an_old_small_phone(day: Day) -> None:
    ticket, ana = day.note(), day.somebody(width=320)

    def fits() -> None:
        wide = ana.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{ana.at} scrolls {wide} px sideways"

    ana.goes()
    fits()
    ana.opens(ticket)
    fits()
    ana.gives()
    fits()
    ana.clicks("Emitir mi factura")
    ana.arrives("/listo/")
    fits()
    day.holds(ana, ticket)


def listens_to_the_page(day: Day) -> None:
    ticket, ana = day.note(), day.somebody()
    ana.goes()
    _reads(ana, 'heading "Factura tu compra"', 'textbox "Código de facturación"', 'textbox "Total', 'button "Buscar')
    _types(ana, "codigo", show_code(ticket.code), "total", "mil")
    ana.page.keyboard.press("Enter")
    expect(ana.page).to_have_title(re.compile("^Error:"))
    expect(ana.page.locator("#errores")).to_be_focused()  # he hears first what is wrong
    described = ana.page.locator("#total").get_attribute("aria-describedby") or ""
    heard = " ".join(ana.page.locator(f"#{one}").inner_text() for one in described.split())
    assert "Escribe el total con pesos y centavos" in heard
    ana.page.locator("#total").fill(f"{ticket.total:.2f}")
    ana.page.locator("#total").press("Enter")
    ana.arrives("/datos/")
    _reads(
        ana, 'heading "Tus datos fiscales"', 'textbox "RFC', 'textbox "Nombre', 'textbox "Código postal',
        'combobox "Régimen', 'group "¿Para qué', 'textbox "Correo', 'button "Continuar"',
    )  # fmt: skip
    ana.gives()
    _reads(ana, 'heading "Revisa antes de emitir"', "SURCO DISEÑO", 'button "Emitir mi factura"')
    ana.page.get_by_role("button", name="Emitir mi factura").press("Enter")
    ana.arrives("/listo/")
    _reads(ana, "status", 'heading "Tu factura está lista"', 'link "Descargar PDF', 'link "Descargar XML')
    day.holds(ana, ticket)


def _reads(ana: Person, *parts: str) -> None:
    """What a screen reader says of the page's main part, in this order."""
    said = ana.page.locator("main").aria_snapshot()
    at = -1
    for part in parts:
        found = said.find(part, at + 1)
        assert found > at, f"{part} is not heard after the rest: {said}"
        at = found


def _types(ana: Person, *fields: str) -> None:
    """With Tab alone: each field comes after the one before."""
    wanted = dict(zip(fields[::2], fields[1::2], strict=True))
    for name, text in wanted.items():
        for _ in range(20):
            if ana.page.evaluate("document.activeElement.id") == name:
                break
            ana.page.keyboard.press("Tab")
        assert ana.stands_at(name), "Tab does not lead there"
        ana.page.keyboard.type(text)


def mistypes_the_mail(day: Day) -> None:
    ticket, ana = day.note(), day.somebody()
    day.world.mail.refuse.add("ana@exmaple.com")
    ana.scans(ticket)
    ana.gives(correo="ana@example,com")
    expect(ana.page.get_by_role("link", name="Al correo le falta algo")).to_be_visible()
    ana.gives(correo="ana@exmaple.com")
    ana.clicks("Emitir mi factura")
    day.holds(ana, ticket)

    def told() -> bool:
        ana.page.reload()
        return ana.page.get_by_text("no la recibió").count() == 1

    day.until(told, ana)
    ana.page.get_by_text("Enviarla a otro correo").click()
    ana.page.locator("#correo").fill("ana.bien@example.com")
    ana.clicks("Enviar mi factura")
    day.until(lambda: day.mail_to("ana.bien@example.com"), ana)
    attached = [one.get_filename() for one in day.mail_to("ana.bien@example.com")[0].iter_attachments()]
    assert sorted(str(name).rpartition(".")[2] for name in attached) == ["pdf", "xml"]


def is_faster_than_the_till(day: Day) -> None:
    world, ana = day.world, day.somebody()
    code = world.scoped(lambda: reserve_codes(source="caja-1", count=1, now=world.now())[1][0])
    sale = world.inside(lambda: a_sale(world, code=code))
    ana.types(show_code(code), f"{sale.total:.2f}")
    ana.page.get_by_role("link", name="Mi compra es reciente").click()
    ana.gives(correo="pronto@example.com")
    ana.clicks("Guardar mi solicitud")
    expect(ana.page.get_by_role("heading", name="Guardamos tu solicitud")).to_be_visible()
    assert day.mail_to("pronto@example.com") == []
    world.scoped(lambda: register_ticket(sale=sale, branch=world.shop.branch, now=world.now()))
    day.until(lambda: day.mail_to("pronto@example.com"), ana)
    attached = [one.get_filename() for one in day.mail_to("pronto@example.com")[0].iter_attachments()]
    assert sorted(str(name).rpartition(".")[2] for name in attached) == ["pdf", "xml"]


def wants_it_corrected(day: Day) -> None:
    ticket, ana = day.note(), day.somebody()
    ana.emits(ticket)
    wrong = day.holds(ana, ticket)
    ana.page.get_by_text("Hay un error en mis datos").click()
    ana.page.get_by_role("link", name="Corregir mis datos").click()
    ana.gives(FISICA)
    expect(ana.page.get_by_role("heading", name="Revisa la corrección")).to_be_visible()
    ana.clicks("Emitir la factura corregida")
    right = day.holds(ana, ticket, FISICA)
    before, after = (one.find(".//{*}TimbreFiscalDigital").get("UUID") for one in (wrong, right))
    related = right.find("{*}CfdiRelacionados")
    assert (related.get("TipoRelacion"), related[0].get("UUID")) == ("04", before)
    assert after != before


def has_a_constancia(day: Day) -> None:
    ticket, ana = day.note(), day.somebody()
    ana.scans(ticket)
    ana.page.get_by_text("Llenar con mi Constancia").click()
    paper = {"name": "foto.pdf", "mimeType": "application/pdf", "buffer": b"una foto movida"}
    ana.page.locator("#constancia").set_input_files(paper)  # type: ignore[arg-type]
    ana.clicks("Leer mis datos")
    expect(ana.page.get_by_role("link", name="No pudimos leer ese archivo. Escribe tus datos")).to_be_visible()
    ana.page.locator("#constancia").set_input_files({**paper, "buffer": pdf_of(PAPER)})  # type: ignore[arg-type]
    ana.clicks("Leer mis datos")
    expect(ana.page.get_by_text("Leímos tu Constancia, y ya no la tenemos")).to_be_visible()
    ana.clicks("Continuar")
    ana.clicks("Emitir mi factura")
    root = day.holds(ana, ticket, FISICA)
    assert root.find("{*}Receptor").get("DomicilioFiscalReceptor") == FISICA["cp"]


def pays_taxes_abroad(day: Day) -> None:
    ticket, ana = day.note(), day.somebody()
    ana.scans(ticket)
    ana.page.get_by_role("link", name="No soy contribuyente en México").click()
    ana.page.locator("#nombre").fill("Harbor Supplies LLC")
    ana.page.locator("#residencia_fiscal").select_option("USA")
    ana.clicks("Continuar")
    ana.clicks("Emitir mi factura")
    root = day.holds(ana, ticket, {"rfc": "XEXX010101000"})
    assert root.find("{*}Receptor").get("Nombre") == "HARBOR SUPPLIES LLC"


def comes_back_after_a_month(day: Day) -> None:
    """The last one: the month goes by for everybody."""
    ticket, ana = day.note(), day.somebody()
    ana.emits(ticket)
    before = day.holds(ana, ticket)
    day.world.time_passes(days=31)
    again = day.somebody()
    again.opens(ticket)
    assert again.at == "descargar/"
    again.page.get_by_label("RFC con el que se hizo la factura").fill(MORAL["rfc"])
    again.clicks("Descargar con mi RFC")
    assert etree.tostring(day.holds(again, ticket)) == etree.tostring(before)


# ------------------------------------------------------------ the run


@pytest.fixture
def strict_sat(world: World) -> Iterator[None]:
    world.pac.admin("lists", {"mode": "strict", "receivers": LCO}, method="PUT")
    yield
    world.pac.admin("lists", {}, method="PUT")


@pytest.mark.usefixtures("strict_sat")
def test_whoever_comes_is_served(world: World, live: str, browser: Browser) -> None:
    stopped: dict[str, str] = {}
    for name in SERVED_WHEN:
        day = Day(world, live, browser)
        try:
            globals()[name](day)
        except (AssertionError, BrowserError) as fault:
            where = day.people[-1].at if day.people else "the door"
            stopped[name] = f"stopped at {where or 'the code'}: {str(fault).splitlines()[0][:160]}"
        print(f"{name:32} {stopped.get(name, 'served: ' + SERVED_WHEN[name])}")
        for person in day.people:
            person.leaves()
    assert not stopped, stopped
