"""Every page and state of the portal (E2E-2)."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from amate.companies.keep_logo import keep_logo
from amate.companies.models import Emisor, PortalPolicy
from amate.invoices.models import Invoice, RefusedBy, State
from amate.self_invoicing.codes import new_code
from amate.self_invoicing.models import Ticket, Visit
from amate.web.portal.urls import urlpatterns
from tests.billing_cycle.service.test_routers import lift
from tests.billing_cycle.service.test_technician import a_task, link_of
from tests.browser.person import Person
from tests.constancia.paper import FISICA as PAPER
from tests.constancia.paper import pdf_of
from tests.people import MORAL
from tests.world import World

Meet = Callable[[], Person]

# Which test looks at which address; each ends by proving it.
WAY = {"code", "details", "review", "issuing", "done", "send", "download"}
CORRECTING = {"correct", "correct_review"}
REFUSALS = {"notice"}
SIDE = {"help", "privacy", "accessibility", "wait"}
MAILED = {"linked"}
TASKS = {"task"}
RECENT = {"recent", "recent_kept"}
FOREIGN = {"foreign"}
REMINDED = {"remind"}
JOINED = {"join"}
DIVIDED = {"parts", "divide"}
OFFERED = {"constancia"}
PURCHASES = {"purchases_ask", "purchases"}
NO_PAGES = {
    "branch_logo", "fiscal", "correct_fiscal", "recent_fiscal", "suffix", "leave", "rejoin", "pdf", "xml", "again", "brand", "button", "logo",
    "scanned", "linked_acuse", "linked_correct", "linked_pdf", "linked_xml",
    "holders_note", "badge",
}  # fmt: skip


@pytest.fixture
def meet(world: World, site: str, browser: Browser) -> Iterator[Meet]:
    """A new person, with a browser of her own."""
    met: list[Person] = []

    def new() -> Person:
        met.append(Person(browser, f"{site}{world.shop.portal}"))
        return met[-1]

    yield new
    for person in met:
        person.leaves()


def test_no_address_of_the_portal_is_left_out() -> None:
    assert (
        {one.name for one in urlpatterns}
        == WAY
        | CORRECTING
        | REFUSALS
        | SIDE
        | MAILED
        | TASKS
        | RECENT
        | FOREIGN
        | REMINDED
        | JOINED
        | DIVIDED
        | OFFERED
        | PURCHASES
        | NO_PAGES
    )


def looked_at(*people: Person) -> set[str]:
    return {name.removeprefix("portal:") for person in people for name in person.inspected}


def change(world: World, ticket: Ticket, **values: Any) -> None:
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(**values))


def refuse(world: World, code: str, by: RefusedBy) -> None:
    def record() -> None:
        invoice = Invoice.objects.get(state=State.DRAFT)
        invoice.move_to(State.REFUSED, refused_by=by, refusal_code=code, refusal="no")

    world.scoped(record)


def test_the_way_from_code_to_done(world: World, meet: Meet) -> None:
    ana = meet()
    ana.goes()
    ana.bears_inspection("codigo")
    ana.types("7k4m-9qxw-2tr", "1248")
    assert ana.stands_at("errores")
    ana.bears_inspection("codigo-error")
    ana.types("7K4M-9QXW-2TRP", "1,248.50")
    assert ana.stands_at("errores")
    ana.bears_inspection("codigo-sin-coincidencia")
    ticket = world.sale()
    ana.opens(ticket)
    ana.bears_inspection("datos")
    ana.clicks("Continuar")
    assert ana.stands_at("errores")
    ana.bears_inspection("datos-error")
    ana.gives()
    assert ana.at == "revisar/"
    ana.bears_inspection("revisar")
    ana.clicks("Dejarlo como lo escribí")
    ana.bears_inspection("revisar-con-terminacion")
    ana.clicks("Quitar la terminación")
    ana.clicks("Emitir mi factura")
    ana.bears_inspection("emitiendo")
    world.time_passes(seconds=61)
    ana.page.get_by_text("Tu solicitud está guardada").wait_for()
    ana.bears_inspection("en-cola")
    world.settle()
    ana.page.get_by_role("link", name="Ver si ya está lista").click()
    assert ana.at == "listo/"
    ana.bears_inspection("listo")
    ana.page.get_by_text("Enviarla a otro correo").click()
    ana.page.locator("#correo").fill("contador")
    ana.clicks("Enviar mi factura")
    assert ana.stands_at("errores")
    ana.bears_inspection("listo-error")
    ana.page.locator("#correo").fill("contador@example.com")
    ana.clicks("Enviar mi factura")
    ana.bears_inspection("listo-enviada")
    other = meet()
    other.opens(ticket)
    other.bears_inspection("ya-facturada")
    other.page.locator("#rfc").fill("XOJI740919U48")
    other.clicks("Descargar con mi RFC")
    assert other.stands_at("errores")
    other.bears_inspection("ya-facturada-error")
    assert looked_at(ana, other) >= WAY


def test_correcting_what_was_wrong_and_asking_the_shop(world: World, meet: Meet) -> None:
    ana = meet()
    ana.emits(world.sale())
    world.settle()
    ana.goes("listo/")
    ana.page.get_by_text("Hay un error en mis datos").click()
    ana.page.get_by_role("link", name="Corregir mis datos").click()
    ana.bears_inspection("corregir")
    ana.clicks("Continuar")
    assert ana.stands_at("errores")
    ana.bears_inspection("corregir-sin-cambios")
    ana.gives(nombre="SURCO DISENO")
    assert ana.at == "corregir/revisar/"
    ana.bears_inspection("corregir-revisar")
    world.pac.admin("lists", {"mode": "strict", "receivers": {}}, method="PUT")
    ana.clicks("Emitir la factura corregida")
    world.settle()
    world.pac.admin("lists", {}, method="PUT")
    ana.goes("listo/")
    ana.bears_inspection("correccion-rechazada")
    ana.page.get_by_role("link", name="Revisar lo que escribí").click()
    assert ana.stands_at("errores")
    ana.bears_inspection("corregir-rechazada")
    world.scoped(lambda: PortalPolicy.objects.update(corrections=0))
    ana.goes("corregir/")
    ana.bears_inspection("corregir-con-la-tienda")
    ana.gives(nombre="SURCO DISENO")
    ana.bears_inspection("corregir-revisar-con-la-tienda")
    ana.clicks("Pedirla a la tienda")
    ana.bears_inspection("corregir-pedida")
    assert looked_at(ana) >= CORRECTING


def test_the_review_of_an_invoice_that_differs_from_its_note(world: World, meet: Meet) -> None:
    """ISR withheld and one concept instead of the detail, at a shop with a text and a branch with a logo."""
    concept = {
        "family": "",
        "descripcion": "Consumo de alimentos",
        "clave_prod_serv": "90101501",
        "clave_unidad": "E48",
    }
    file = io.BytesIO()
    Image.new("RGBA", (400, 160), "#1d5a99").save(file, "PNG")
    file.seek(0)

    def different() -> None:
        Emisor.objects.update(rfc="LOAM850712XX3", regimen_fiscal="626", welcome="Bienvenido: factura aquí tu consumo.")
        PortalPolicy.objects.update(generics=[concept])
        keep_logo(file=file, branch_id=world.shop.branch.pk, now=world.now())

    world.scoped(different)
    ana = meet()
    ana.goes()
    ana.bears_inspection("codigo-con-texto")
    ana.scans(world.sale())
    ana.gives()
    ana.bears_inspection("revisar-retencion-y-concepto")


def test_the_refusals(world: World, meet: Meet) -> None:
    ana, other = meet(), meet()
    taken_back: dict[str, dict[str, Any]] = {
        "vencida": {"deadline": world.now() - timedelta(days=2)},
        "cancelada": {"state": Ticket.State.VOID},
        "en-revision": {"state": Ticket.State.LOCKED},
    }
    for name, values in taken_back.items():
        ticket = world.sale()
        change(world, ticket, **values)
        ana.scans(ticket)
        assert ana.at == "aviso/"
        ana.bears_inspection(name)
    ticket = world.sale()
    ana.emits(ticket)
    other.scans(ticket)
    other.bears_inspection("en-proceso")
    refuse(world, "CFDI40145", RefusedBy.RECEIVER)
    ana.goes("emitiendo/")
    assert ana.stands_at("errores")
    assert ana.at == "datos/"
    ana.bears_inspection("datos-rechazados")
    ana.gives()
    ana.clicks("Emitir mi factura")
    refuse(world, "CFDI40138", RefusedBy.OURS)
    ana.goes("emitiendo/")
    ana.bears_inspection("falla-nuestra")
    world.scoped(lambda: Emisor.objects.update(issuing_suspended=True))
    other.scans(world.sale())
    other.bears_inspection("en-pausa")
    other.goes()
    other.bears_inspection("codigo-en-pausa")
    assert looked_at(ana, other) >= REFUSALS


def test_the_side_pages(world: World, meet: Meet) -> None:
    ana = meet()
    for name in ("ayuda", "privacidad", "accesibilidad"):
        ana.goes(f"{name}/")
        ana.bears_inspection(name)
    ana.goes("ayuda/?asunto=error")
    ana.clicks("Enviar mi mensaje")
    assert ana.stands_at("errores")
    ana.bears_inspection("ayuda-error")
    ana.page.get_by_label("¿Qué necesitas?").fill("Mi nombre no coincide")
    ana.page.get_by_label("Tu correo o tu teléfono").fill("laura@example.com")
    ana.clicks("Enviar mi mensaje")
    ana.bears_inspection("ayuda-enviada")
    ana.goes("?aviso=visita")
    ana.bears_inspection("codigo-visita-terminada")
    ana.goes("nada/")
    ana.bears_inspection("no-encontrada")
    ana.scans(world.sale())
    ana.gives(rfc="XAXX010101000", regimen_fiscal="616", uso_cfdi="S01")
    ana.bears_inspection("rfc-generico")
    for _ in range(11):
        ana.goes(f"{new_code()}/100")
    assert ana.at.startswith("espera/")
    ana.bears_inspection("espera")
    assert looked_at(ana) >= SIDE


def test_the_purchase_that_is_not_here_yet(world: World, meet: Meet) -> None:
    ana = meet()
    ana.types("7K4M-9QXW-2TRP", "1,248.50")
    ana.page.get_by_role("link", name="Mi compra es reciente").click()
    ana.arrives("/reciente/")
    ana.bears_inspection("reciente")
    ana.gives(correo="")
    assert ana.stands_at("errores")
    ana.bears_inspection("reciente-error")
    ana.gives()
    ana.bears_inspection("reciente-revisar")
    ana.clicks("Guardar mi solicitud")
    assert ana.at == "reciente/guardada/"
    ana.bears_inspection("reciente-guardada")
    assert looked_at(ana) >= RECENT


def test_the_reminder_before_it_expires(world: World, meet: Meet) -> None:
    ana = meet()
    ana.scans(world.sale())
    ana.page.get_by_role("link", name="Ahora no: recuérdamelo").click()
    ana.arrives("/recordar/")
    ana.bears_inspection("recordar")
    ana.clicks("Recordármelo")
    assert ana.stands_at("errores")
    ana.bears_inspection("recordar-error")
    ana.page.get_by_label("Correo electrónico").fill("ana@example.com")
    ana.clicks("Recordármelo")
    ana.bears_inspection("recordar-guardado")
    assert looked_at(ana) >= REMINDED


def test_several_notes(world: World, meet: Meet) -> None:
    first, second = world.sale(), world.sale()
    ana = meet()
    ana.scans(first)
    ana.page.get_by_role("link", name="Agregar otra nota").click()
    ana.arrives("/notas/")
    ana.bears_inspection("notas")
    ana.clicks("Agregar esta nota")
    assert ana.stands_at("errores")
    ana.bears_inspection("notas-error")
    ana.page.get_by_label("Código de facturación").fill(second.code)
    ana.page.get_by_label("Total de tu compra").fill(f"{second.total:.2f}")
    ana.clicks("Agregar esta nota")
    ana.bears_inspection("notas-dos")
    change(world, second, state=Ticket.State.LOCKED)
    ana.page.reload()
    ana.bears_inspection("notas-conflicto")
    ana.page.get_by_role("link", name="Continuar con 2 notas").click()
    ana.arrives("/datos/")
    ana.bears_inspection("notas-datos")
    assert looked_at(ana) >= JOINED


def test_a_divided_note(world: World, meet: Meet) -> None:
    note = world.sale()
    world.scoped(lambda: PortalPolicy.objects.update(may_split=True))
    ana = meet()
    ana.scans(note)
    ana.page.get_by_role("link", name="Dividirla entre varios").click()
    ana.arrives("/dividir/")
    ana.bears_inspection("dividir")
    ana.page.get_by_label("Parte 2").first.fill("0")
    ana.clicks("Dividir así")
    assert ana.stands_at("errores")
    ana.bears_inspection("dividir-error")
    ana.page.get_by_label("Parte 2").first.fill("1")
    ana.clicks("Dividir así")
    ana.arrives("/partes/")
    ana.bears_inspection("partes")
    ana.page.get_by_role("link", name="Facturar esta parte").first.click()
    ana.arrives("/datos/")
    ana.bears_inspection("partes-datos")
    assert f"{note.folio}-1" in ana.page.inner_text("body")
    assert looked_at(ana) >= DIVIDED


def test_the_foreigners_door(world: World, meet: Meet) -> None:
    ana = meet()
    ana.scans(world.sale())
    ana.page.get_by_role("link", name="No soy contribuyente en México").click()
    ana.arrives("/datos/extranjero/")
    ana.bears_inspection("extranjero")
    ana.clicks("Continuar")
    assert ana.stands_at("errores")
    ana.bears_inspection("extranjero-error")
    ana.page.get_by_label("Nombre o razón social").fill("Acme Widgets Inc")
    ana.page.get_by_label("País donde pagas impuestos").select_option("USA")
    ana.page.get_by_label("Tu número de contribuyente").fill("123456789")
    ana.clicks("Continuar")
    assert ana.at == "revisar/"
    ana.bears_inspection("extranjero-revisar")
    assert looked_at(ana) >= FOREIGN


def test_my_purchases(world: World, meet: Meet) -> None:
    world.claim(world.sale())
    world.settle()
    ana = meet()
    ana.goes("mis-compras/")
    ana.bears_inspection("mis-compras")
    ana.clicks("Enviarme el enlace")
    assert ana.stands_at("errores")
    ana.bears_inspection("mis-compras-error")
    ana.page.get_by_label("Correo electrónico").fill("ingrid@example.com")
    ana.clicks("Enviarme el enlace")
    ana.bears_inspection("mis-compras-pedidas")
    world.settle()
    text = world.mail.mails[-1].get_body(("plain",)).get_content()
    found = re.search(r"/(mis-compras/\S+/)", text)
    assert found
    ana.goes(found[1])
    ana.bears_inspection("mis-compras-lista")
    ana.goes("mis-compras/nada/")
    assert ana.at == "mis-compras/?aviso=vencido"
    ana.bears_inspection("mis-compras-vencido")
    assert looked_at(ana) >= PURCHASES


def test_what_the_browser_remembers_and_the_server_never_learns(world: World, meet: Meet) -> None:
    ana = meet()
    ana.scans(world.sale())
    assert ana.page.get_by_text("Tienes datos guardados").is_hidden()
    ana.gives()
    kept = "Object.keys(localStorage).length"
    assert ana.page.evaluate(kept) == 0, "nobody asked for it"
    ana.scans(world.sale())
    ana.page.get_by_label("Recordar mis datos en este aparato").check()
    ana.gives(cp="", nombre="Surco Diseño")
    ana.gives()
    ana.context.clear_cookies()
    ana.scans(world.sale())
    assert ana.page.locator("#rfc").input_value() == ""
    ana.bears_inspection("datos-recordados")
    with ana.page.expect_response("**/datos/fiscal/"):
        ana.clicks("Usar mis datos guardados")
    assert ana.stands_at("rfc")
    ana.page.get_by_text("Pusimos tus datos guardados").wait_for()
    found = {name: ana.page.locator(f"#{name}").input_value() for name in ("rfc", "nombre", "cp", "regimen_fiscal")}
    assert found == {name: MORAL[name] for name in found}
    assert ana.page.locator("input[value='G03']").is_checked()
    ana.clicks("Continuar")
    assert ana.at == "revisar/"
    ana.context.clear_cookies()
    ana.scans(world.sale())
    ana.clicks("Borrarlos de este aparato")
    assert ana.page.evaluate(kept) == 0
    assert not ana.page.get_by_label("Recordar mis datos en este aparato").is_checked()
    sent = world.scoped(lambda: [one.fiscal for one in Visit.objects.exclude(fiscal={})])
    assert {name for one in sent for name in one} <= {*MORAL}
    plain = Person(ana.browser, ana.portal, script=False)
    plain.scans(world.sale())
    assert plain.page.get_by_text("Recordar mis datos").is_hidden()
    plain.leaves()


def test_a_constancia_fills_the_fields_with_and_without_script(world: World, meet: Meet) -> None:
    paper = {"name": "constancia.pdf", "mimeType": "application/pdf", "buffer": pdf_of(PAPER)}
    ana = meet()
    ana.scans(world.sale())
    ana.page.locator("#correo").fill("ana@example.com")
    ana.page.locator("summary", has_text="Llenar con mi Constancia").click()
    ana.clicks("Leer mis datos")
    assert ana.stands_at("errores")
    ana.bears_inspection("constancia-sin-archivo")
    ana.page.locator("#constancia").set_input_files(paper)  # type: ignore[arg-type]
    ana.clicks("Leer mis datos")
    assert ana.stands_at("leida")
    ana.bears_inspection("constancia-leida")
    assert ana.page.locator("#correo").input_value() == "ana@example.com"
    assert ana.page.locator("#nombre").input_value() == "INGRID XODAR JIMENEZ"
    with ana.page.expect_navigation():
        ana.page.locator("#nombre").press("Enter")
    assert ana.at == "revisar/", "whoever presses Enter in a field goes on"
    assert looked_at(ana) >= OFFERED
    plain = Person(ana.browser, ana.portal, script=False)
    plain.scans(world.sale())
    plain.page.locator("summary", has_text="Llenar con mi Constancia").click()
    plain.page.locator("#constancia").set_input_files(paper)  # type: ignore[arg-type]
    plain.clicks("Leer mis datos")
    assert plain.page.locator("#regimen_fiscal").input_value() == "612"
    plain.clicks("Continuar")
    assert plain.at == "revisar/"
    plain.leaves()


def test_the_other_companys_colour_and_shorter_window(world: World, meet: Meet) -> None:
    world.scoped(
        lambda: Emisor.objects.update(colour="#ffd400", nombre_comercial="La Papelería de los Ángeles de Tijuana")
    )
    world.scoped(lambda: PortalPolicy.objects.update(window_days=1, until_month_end=True))
    ana = meet()
    ana.goes()
    ana.bears_inspection("otra-marca-codigo")
    ana.scans(world.sale())
    ana.gives()
    ana.bears_inspection("otra-marca-revisar")


def test_the_page_that_a_mail_leads_to(world: World, meet: Meet) -> None:
    world.claim(world.sale())
    world.settle()
    text = world.mail.mails[-1].get_body(("plain",)).get_content()
    found = re.search(r"/(d/\S+/)", text)
    assert found
    ana = meet()
    ana.goes(found[1])
    ana.bears_inspection("enlace-del-correo")
    world.time_passes(days=181)
    ana.goes(found[1])
    ana.bears_inspection("enlace-vencido")
    ana.clicks("Enviarme otro")
    ana.bears_inspection("enlace-enviado")
    ana.goes("d/nada/")
    ana.bears_inspection("enlace-desconocido")
    assert looked_at(ana) >= MAILED


def test_the_page_of_a_technicians_mail(world: World, meet: Meet) -> None:
    line = a_task(world)
    ana = meet()
    ana.goes(link_of(world))
    ana.bears_inspection("tarea")
    ana.clicks("Ya quedó suspendido")
    ana.bears_inspection("tarea-hecha")
    lift(world, line)
    ana.goes(link_of(world, 0))
    ana.bears_inspection("tarea-rebasada")
    ana.goes("tarea/nada/")
    ana.bears_inspection("tarea-desconocida")
    assert looked_at(ana) >= TASKS
