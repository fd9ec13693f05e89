"""What each page of the back office tells."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

from django.db import connection
from django.test.utils import CaptureQueriesContext

from amate.companies.models import Csd, PortalPolicy
from amate.invoices.answer_cancellation import record_pending
from amate.invoices.models import Cancellation, Origin, ReceivedRequest, Stamp
from amate.promises.kinds import KINDS
from amate.promises.models import Promise
from amate.promises.promise import promise
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import STATES
from amate.web.backoffice.pending import WORDS
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World


def _set(world: World, ticket: Ticket, **values: Any) -> None:
    world.scoped(lambda: Ticket.objects.filter(pk=ticket.pk).update(**values))


# ------------------------------------------------------------ inicio


def test_the_first_day_teaches_how_to_begin(office: Office) -> None:
    page = office.text()
    assert "Aún no hay ventas" in page
    assert "PUT http://127.0.0.1:8000/api/v1/tickets/caja-1/0001" in page
    assert "Nada por ahora" in page


def test_home_counts_today(world: World, office: Office) -> None:
    desk.stamped(world)
    desk.stamped(world, origin=Origin.COUNTER)
    desk.claimed(world)
    facts = office.get().context
    assert (facts["tickets"], facts["in_portal"], facts["on_the_way"]) == (3, 1, 1)
    assert facts["sold"] == sum(world.scoped(lambda: list(Ticket.objects.values_list("total", flat=True))))
    world.ahead += timedelta(days=1)
    tomorrow = office.get().context
    assert (tomorrow["tickets"], tomorrow["sold"], tomorrow["in_portal"], tomorrow["on_the_way"]) == (0, 0, 0, 1)


def test_home_asks_for_a_refused_invoice_once_only(world: World, office: Office) -> None:
    desk.refused_for_staff(world)
    todo = office.get().context["todo"]
    assert [one.text for one in todo] == ["1 factura rechazada por corregir"]
    assert "Por corregir" in office.text(todo[0].url.removeprefix(world.shop.office).split("?")[0], estado="to_mend")


def test_home_asks_for_what_gave_up_and_tells_what_is_tried_again(world: World, office: Office) -> None:
    world.mail.refuse.add("nadie@example.com")
    desk.stamped(world, correo="nadie@example.com")
    world.mail.busy = True
    desk.stamped(world, correo="ingrid@example.com")
    facts = office.get().context
    assert [(one.tone, one.text) for one in facts["todo"]] == [
        ("bad", "Factura que no llegó a nadie@example.com"),
        ("warn", "1 pendiente falló y se reintenta solo"),
    ]
    assert facts["yours"] == 1


def test_home_warns_before_the_seal_expires_and_when_it_did(world: World, office: Office) -> None:
    csd = world.scoped(lambda: Csd.objects.get())
    world.ahead = csd.valid_to - timedelta(days=61) - world.now() + world.ahead
    office = Office(world)  # years pass, and every session ends
    assert not office.get().context["todo"]
    world.ahead += timedelta(days=10)
    office = Office(world)
    assert [one.text for one in office.get().context["todo"]] == ["Tu sello digital vence en 50 días"]
    world.ahead += timedelta(days=51)
    office = Office(world)
    assert office.get().context["todo"][0].text.startswith("Tu sello digital venció el")
    world.scoped(lambda: Csd.objects.update(retired_at=world.now()))
    assert office.get().context["todo"][0].text == "Falta tu sello digital (CSD)"


def test_home_tells_that_the_sat_suspended_the_company_and_that_the_portal_is_closed(
    world: World, office: Office
) -> None:
    desk.suspend(world, True)
    world.scoped(lambda: PortalPolicy.objects.update(enabled=False))
    page = office.text()
    assert "El SAT suspendió tu emisión" in page
    assert '<span class="pill warn">Cerrado</span>' in page


def test_the_menu_counts_only_what_needs_a_person(world: World, office: Office) -> None:
    world.mail.busy = True
    desk.stamped(world, correo="ingrid@example.com")
    assert 'class="count"' not in office.text()
    desk.refused_for_staff(world)
    assert '<span class="count">1<' in office.text("facturas/")


# ------------------------------------------------------------ notas


def test_notes_are_filtered_by_their_state(world: World, office: Office) -> None:
    folios = {}
    for state in ("void", "locked"):
        ticket = world.sale()
        _set(world, ticket, state=state)
        folios[state] = ticket.folio
    expired = world.sale()
    _set(world, expired, deadline=world.now() - timedelta(days=1))
    folios["expired"] = expired.folio
    folios["open"] = world.sale().folio
    desk.stamped(world)
    folios["invoiced"] = world.scoped(lambda: Ticket.objects.latest("id").folio)
    desk.claimed(world)
    folios["issuing"] = world.scoped(lambda: Ticket.objects.latest("id").folio)
    # Those are found in test_global_invoice.py and test_dividing.py.
    assert folios.keys() == STATES.keys() - {"in_global", "split"}
    for state in folios:
        rows = office.get("notas/", estado=state).context["rows"]
        assert [(row.folio, row.pill.word) for row in rows] == [(folios[state], STATES[state])], state
    assert len(office.get("notas/").context["rows"]) == 6
    assert len(office.get("notas/", estado="nonsense").context["rows"]) == 6


def test_a_note_is_found_by_the_beginning_of_its_folio_or_code(world: World, office: Office) -> None:
    world.sale()
    ticket = world.sale()
    for typed in (ticket.folio, ticket.code[:6], ticket.code.lower(), f"{ticket.code[:4]}-{ticket.code[4:6]}"):
        assert [row.id for row in office.get("notas/", q=typed).context["rows"]] == [ticket.pk], typed
    assert "Ninguna nota es así" in office.text("notas/", q="no hay")


def test_a_long_list_has_pages_that_keep_the_filter(world: World, office: Office) -> None:
    first = world.sale()

    def many() -> None:
        Ticket.objects.bulk_create(
            Ticket(
                **{
                    **{f.attname: getattr(first, f.attname) for f in Ticket._meta.fields if f.attname != "id"},
                    "external_id": f"X-{n}",
                    "code": f"{n:012d}",
                    "folio": f"FU-{n}",  # no code holds a U
                }
            )
            for n in range(60)
        )

    world.scoped(many)
    page = office.get("notas/", q="FU-").context
    assert len(page["rows"]) == 50
    older = page["page"].older
    assert "q=FU-" in older
    rest = world.inside(lambda: office.client.get(f"{world.shop.office}notas/{older}")).context
    assert [row.folio for row in rest["rows"]] == [f"FU-{n}" for n in range(9, -1, -1)]
    assert (rest["page"].older, rest["page"].newest) == ("", "?q=FU-")


def test_a_list_asks_the_same_queries_for_one_row_and_for_many(world: World, office: Office) -> None:
    def asked(path: str) -> int:
        def look() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert office.client.get(world.shop.office + path).status_code == 200
            return len(seen)

        return world.inside(look)

    desk.stamped(world)
    asked("")  # a session is noted with its first page
    once = [asked(path) for path in ("", "notas/", "facturas/")]
    for _ in range(4):
        desk.stamped(world)
    assert [asked(path) for path in ("", "notas/", "facturas/")] == once
    assert once[0] <= 44, once  # Inicio asks for every date of the law besides, for the wheel and for its texts
    assert max(once[1:]) <= 28, once


def test_a_note_tells_its_history_and_gives_its_pdf(world: World, office: Office) -> None:
    invoice = desk.stamped(world)
    ticket = world.scoped(lambda: Ticket.objects.get())
    page = office.text(f"notas/{ticket.pk}/")
    for told in (
        ticket.folio,
        "Registrada desde demo",
        "XOJI740919U48 la pidió",
        f"Facturada con folio {invoice.number}",
        "hora del centro",
    ):
        assert told in page, told
    pdf = office.get(f"notas/{ticket.pk}/nota.pdf")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")


# ------------------------------------------------------------ facturas


def test_invoices_are_filtered_by_state_and_origin(world: World, office: Office) -> None:
    portal = desk.stamped(world)
    counter = desk.stamped(world, origin=Origin.COUNTER)
    refused = desk.refused_for_staff(world)
    way = desk.claimed(world)

    def ids(**query: str) -> list[int]:
        return [row.id for row in office.get("facturas/", **query).context["rows"]]

    assert ids() == [way.pk, refused.pk, counter.pk, portal.pk]
    assert ids(estado="stamped") == [counter.pk, portal.pk]
    assert ids(estado="stamped", origen="portal") == [portal.pk]
    assert ids(origen="counter") == [counter.pk]
    assert ids(estado="to_mend") == ids(estado="refused") == [refused.pk]
    assert ids(estado="on_the_way") == [way.pk]
    assert "Portal de autofactura" in office.text("facturas/", origen="portal")


def test_an_invoice_is_found_by_what_people_have_at_hand(world: World, office: Office) -> None:
    desk.stamped(world)
    invoice = desk.stamped(world)
    for typed in (
        str(invoice.uuid),
        str(invoice.uuid).upper(),
        invoice.number,
        invoice.number.lower(),
        str(invoice.folio),
    ):
        assert [row.id for row in office.get("facturas/", q=typed).context["rows"]] == [invoice.pk], typed
    for typed in ("XOJI7", "xoji740919u48", "Xodar"):
        assert len(office.get("facturas/", q=typed).context["rows"]) == 2, typed
    assert "Ninguna factura es así" in office.text("facturas/", q="ZZZ")


def test_an_invoice_tells_everything_that_happened_to_it(world: World, office: Office) -> None:
    invoice = desk.stamped(world, correo="ingrid@example.com")
    stamp = world.scoped(lambda: Stamp.objects.select_related("sealing").get())
    page = office.text(f"facturas/{invoice.pk}/")
    for told in (
        f"Factura {invoice.number}",
        "Origen: Portal de autofactura",
        "612 · Personas Físicas con Actividades Empresariales y Profesionales",
        "G03 · Gastos en general",
        str(stamp.uuid).upper(),
        "SW Sapien",
        stamp.sealing.key,
        stamp.no_certificado_sat,
        "ingrid@example.com",
        "Enviado",
    ):
        assert told in page, told
    facts = office.get(f"facturas/{invoice.pk}/").context
    assert [word for word, _ in facts["moves"]] == ["Vigente", "Timbrando", "Por timbrar", "Por sellar"]
    assert office.get(f"facturas/{invoice.pk}/xml").content == bytes(stamp.xml)
    assert office.get(f"facturas/{invoice.pk}/pdf").content.startswith(b"%PDF-")


def test_a_draft_has_no_files_and_no_form_to_send_it(world: World, office: Office) -> None:
    invoice = desk.claimed(world)
    page = office.text(f"facturas/{invoice.pk}/")
    assert "Por sellar" in page
    assert "reenviar" not in page
    assert office.get(f"facturas/{invoice.pk}/xml").status_code == 404
    assert office.get(f"facturas/{invoice.pk}/pdf").status_code == 404


def test_what_does_not_exist_is_not_found_however_large_its_number(world: World, office: Office) -> None:
    for number in ("999999999", "9" * 19, "9" * 40):
        for path in (f"notas/{number}/", f"facturas/{number}/", f"facturas/{number}/pdf"):
            assert office.get(path).status_code == 404, path
    for query in ({"antes": "9" * 40}, {"antes": "-1"}, {"antes": "²"}, {"q": "\x00"}, {"q": "9" * 90}):
        for path in ("notas/", "facturas/", "pendientes/"):
            assert office.get(path, **query).status_code == 200, (path, query)


# ------------------------------------------------------------ pendientes


def test_pending_tells_what_failed_and_when_it_is_tried_again(world: World, office: Office) -> None:
    assert "Nada pendiente" in office.text("pendientes/")
    world.mail.busy = True
    invoice = desk.stamped(world, correo="ingrid@example.com")
    page = office.text("pendientes/")
    failed = world.scoped(lambda: Promise.objects.failing().get())
    assert failed.last_error
    for told in (
        "Enviar la factura",
        f"{invoice.number} de INGRID XODAR JIMENEZ · a ingrid@example.com",
        "Se reintenta solo",
        "1 intento desde",
        failed.last_error,
    ):
        assert told in page, told


def test_pending_says_in_words_which_document_a_cancellation_is_about(world: World, office: Office) -> None:
    assert set(KINDS) <= set(WORDS)
    invoice = desk.stamped(world)

    def stuck() -> str:
        asked = Cancellation.objects.create(invoice=invoice, motivo="02", asked_at=world.now())
        record_pending(uuids=[uuid4()], now=world.now())
        received = ReceivedRequest.objects.get()
        facts = {"now": world.now(), "priority": 90}
        promise("cancel", key="cancel:1", cancellation_id=asked.pk, **facts)
        promise("answer_cancellation", key="answer:1", request_id=received.pk, **facts)
        Promise.objects.open().update(last_error="No contesta")
        return str(received.uuid).upper()

    uuid = world.scoped(stuck)
    page = office.text("pendientes/")
    for told in ("Cancelar el documento ante el SAT", f"{invoice.number} de ", "Responder a quien", f"CFDI {uuid}"):
        assert told in page, told


def test_an_invoice_shows_its_concepts_taxes_and_sums_as_they_were_sealed(world: World, office: Office) -> None:
    invoice, draft = desk.stamped(world), desk.claimed(world)
    root = ElementTree.fromstring(bytes(world.scoped(lambda: Stamp.objects.get(invoice=invoice)).xml))
    said = office.get(f"facturas/{invoice.pk}/").context
    concepts = [one.get("Descripcion") for one in root.iter("{http://www.sat.gob.mx/cfd/4}Concepto")]
    assert [line["descripcion"] for line in said["lines"]] == concepts
    assert said["sums"][0] == ("Subtotal", f"{Decimal(root.get('SubTotal', '')):,.2f}")
    page = office.text(f"facturas/{invoice.pk}/")
    assert all(name in page for name, _ in said["sums"])
    assert "Conceptos" not in office.text(f"facturas/{draft.pk}/"), "nothing is sealed yet"


def test_an_invoice_that_a_simulator_stamped_says_so(world: World, office: Office) -> None:
    invoice = desk.stamped(world)
    assert "Muestra sin validez fiscal" in office.text(f"facturas/{invoice.pk}/")
