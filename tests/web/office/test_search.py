"""The search box: what it finds, where it leads at once, and what it never shows or keeps."""

import io
import logging
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.customers.models import Customer
from amate.invoices.models import Invoice
from amate.running.logs import formatter
from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from amate.web.backoffice.keys_that_lead import KEYS
from amate.web.backoffice.page import ROOMS
from tests.web.api.sales import sale
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World


def led_to(office: Office, typed: str) -> str:
    """Where the box leads at once, below the company's address; empty if it shows what it found."""
    answer = office.get("buscar/", q=typed)
    return str(answer["Location"]).removeprefix(office.world.shop.office) if answer.status_code == 302 else ""


def hits(office: Office, typed: str) -> dict[str, list[str]]:
    """Text of what is found, by group, as the palette gets it."""
    answer = office.get("buscar/", q=typed, vista="lista")
    assert answer.status_code == 200
    return {group.name: [hit.text for hit in group.hits] for group in answer.context["groups"]}


def play(world: World, role: Role) -> None:
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=role))


# ------------------------------------------------------------ straight to it


def test_a_billing_code_leads_to_its_note_however_it_is_typed(world: World, office: Office) -> None:
    world.sale()
    ticket = world.sale()
    code = ticket.code
    likeness = code.replace("0", "o").replace("1", "l")
    for typed in (code, show_code(code), code.lower(), " ".join(code[i : i + 4] for i in (0, 4, 8)), likeness):
        assert led_to(office, typed) == f"notas/{ticket.pk}/", typed
    scanned = f"https://facturas.example/f/tienda/{code}/{ticket.total_cents}"
    assert led_to(office, scanned) == f"notas/{ticket.pk}/"


def test_a_folio_and_a_tills_own_id_lead_to_their_note(world: World, office: Office) -> None:
    world.api("PUT", "/tickets/caja-9/VTA-77", sale(folio="R-0077"))
    ticket = world.scoped(lambda: Ticket.objects.get())
    for typed in ("R-0077", "r-0077", "VTA-77", "caja-9/VTA-77"):
        assert led_to(office, typed) == f"notas/{ticket.pk}/", typed


def test_a_number_and_a_uuid_lead_to_their_invoice(world: World, office: Office) -> None:
    desk.stamped(world)
    invoice = desk.stamped(world)
    for typed in (invoice.number, invoice.number.lower(), str(invoice.uuid), str(invoice.uuid).upper()):
        assert led_to(office, typed) == f"facturas/{invoice.pk}/", typed
    assert led_to(office, str(invoice.folio)) == f"facturas/{invoice.pk}/"


def test_what_names_two_things_is_shown_instead(world: World, office: Office) -> None:
    invoice = desk.stamped(world)
    world.api("PUT", "/tickets/caja-9/otra", sale(folio=invoice.number))
    assert led_to(office, invoice.number) == ""
    found = hits(office, invoice.number)
    assert found["Facturas"] == [f"Factura {invoice.number}"]
    assert f"Nota {invoice.number}" in found["Notas"]


# ------------------------------------------------------------ lists


def test_beginnings_and_totals_are_shown(world: World, office: Office) -> None:
    invoice = desk.stamped(world)
    ticket = world.scoped(lambda: Ticket.objects.get())
    note = [f"Nota {ticket.folio}"]
    for typed in (ticket.code[:5], f"{ticket.code[:4]}-{ticket.code[4:6].lower()}", ticket.folio[:4]):
        assert hits(office, typed)["Notas"] == note, typed
    for typed in (f"{ticket.total:,.2f}", f"${ticket.total}", f"$ {ticket.total:,.2f}"):
        assert hits(office, typed)["Notas"] == note, typed
    assert "Notas" not in hits(office, f"{ticket.total + 1:.2f}")
    for typed in (str(invoice.uuid)[:8], str(invoice.uuid)[:15].upper(), "XOJI740919U48", "xoji74"):
        assert hits(office, typed)["Facturas"] == [f"Factura {invoice.number}"], typed


def test_customers_are_found_by_name_rfc_and_mail(world: World, office: Office) -> None:
    desk.stamped(world, correo="ingrid@example.com")
    for typed in ("Ingríd", "INGRID XODAR", "XOJI740919U48", "ingrid@example.com"):
        assert hits(office, typed)["Clientes"] == ["INGRID XODAR JIMENEZ"], typed
    page = office.text("buscar/", q="Ingrid")
    found = world.scoped(lambda: Customer.objects.get().pk)
    assert f'href="{world.shop.office}clientes/{found}/"' in page


def test_pages_are_found_by_the_words_people_use(office: Office) -> None:
    for typed, label in (
        ("mostrador", "Mostrador"),
        ("caja", "Mostrador"),
        ("importar ventas", "Importar ventas"),
        ("subir excel", "Importar"),
        ("ajustes del portal", "Ajustes del portal"),
        ("csd", "Ajustes del sello digital"),
        ("configuracion", "Ajustes"),
        ("teclas", "Atajos del teclado"),
    ):
        assert hits(office, typed)["Ir a"][0] == label, typed
    assert [*hits(office, "")] == ["Ir a"]
    assert len(hits(office, "")["Ir a"]) >= 20


def test_what_is_not_there_says_what_can_be_searched(office: Office) -> None:
    page = office.text("buscar/", q="zzzz")
    assert "No encontramos nada con «zzzz»" in page
    assert "el principio de su nombre" in page
    assert office.get("buscar/", q="<b>zz").content.decode().count("<b>zz") == 0


@pytest.mark.parametrize("role", Role)
def test_every_place_it_names_opens_for_that_role(world: World, office: Office, role: Role) -> None:
    play(world, role)
    shown = office.get("buscar/", vista="lista").context["groups"][0].hits
    named = {hit.text for hit in shown}
    assert ("Ajustes" in named) == (role in (Role.OWNER, Role.ADMIN))
    assert ("Capturar una venta" in named) == (role not in (Role.COLLECTOR, Role.SUPPORT))
    for hit in shown:
        answer = world.inside(lambda url=hit.url: office.client.get(url))  # type: ignore[misc]
        assert answer.status_code in (200, 302), (role, hit.text)


def test_every_room_of_the_menu_is_a_place_and_no_two_share_a_key(office: Office) -> None:
    named = {hit.text for hit in office.get("buscar/", vista="lista").context["groups"][0].hits}
    assert {room.label for room in ROOMS} <= named
    assert len(set(KEYS.values())) == len(KEYS)
    assert set(KEYS) <= {room.name for room in ROOMS}


# ------------------------------------------------------------ what it never does


def test_nothing_of_the_other_company_is_found(world: World, office: Office) -> None:
    invoice = desk.stamped(world, shop=world.other, correo="ingrid@example.com")
    ticket = world.scoped(lambda: Ticket.objects.get(), world.other)
    for typed in (
        ticket.code,
        ticket.code[:6],
        ticket.folio,
        ticket.external_id,
        f"{ticket.total:.2f}",
        invoice.number,
        str(invoice.uuid),
        str(invoice.uuid)[:8],
        "XOJI740919U48",
        "ingrid",
        "ingrid@example.com",
    ):
        assert led_to(office, typed) == "", typed
        assert hits(office, typed) == {}, typed


def test_what_is_typed_is_kept_nowhere(world: World, office: Office) -> None:
    ticket = world.sale()
    before = world.scoped(lambda: Entry.objects.count())
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        for typed in (ticket.code, "algo que nadie escribió"):
            office.get("buscar/", q=typed)
            office.get("buscar/", q=typed, vista="lista")
        office.get("buscar/", q="x" * 5000)
    finally:
        root.removeHandler(handler)
    assert ticket.code not in kept.getvalue()
    assert "nadie" not in kept.getvalue()
    assert world.scoped(lambda: Entry.objects.count()) == before


def test_odd_questions_are_no_fault(world: World, office: Office) -> None:
    desk.stamped(world)
    odd = (
        "\x00",
        "9" * 90,
        "%",
        "_",
        "{",
        "urn:uuid:",
        "-",
        "$",
        "²",
        "A-" + "9" * 18,
        "ñ",
        "🌵",
        "/",
        "x/",
        "caja/",
        "@",
    )
    for typed in odd:
        for view in ("", "lista"):
            assert office.get("buscar/", q=typed, vista=view).status_code in (200, 302), typed


# ------------------------------------------------------------ each question by an index


def test_every_question_is_answered_by_an_index(world: World, office: Office) -> None:
    """Over 20,000 notes and 5,000 invoices no plan reads a table whole."""
    invoice = desk.stamped(world)
    world.scoped(_fill)
    _analyze(world)
    ticket = world.scoped(lambda: Ticket.objects.earliest("id"))
    for typed in (
        ticket.code,
        ticket.code[:5],
        ticket.folio,
        "F-12",
        "X-777",
        "100.07",
        "124",
        invoice.number,
        str(invoice.uuid),
        str(invoice.uuid)[:8],
        "XOJI740919U48",
        "XOJI7",
        "ingrid",
    ):
        for sql in _asked(world, office, typed):
            plan = world.scoped(lambda sql=sql: _plan(sql))  # type: ignore[misc]
            assert "Seq Scan on self_invoicing_ticket" not in plan, (typed, sql, plan)
            assert "Seq Scan on invoices_invoice" not in plan, (typed, sql, plan)
            assert _removed(plan) < 200, (typed, sql, plan)


def _fill() -> None:
    with connection.cursor() as c:
        columns = [f.column for f in Ticket._meta.fields if f.column != "id"]
        changed = {
            "external_id": "'X-' || n",
            "code": "lpad(n::text, 12, '0')",
            "folio": "'F-' || n",
            "total_cents": "10000 + n",
        }
        values = ", ".join(changed.get(name, f"t.{name}") for name in columns)
        c.execute(
            f"INSERT INTO self_invoicing_ticket ({', '.join(columns)}) SELECT {values} "
            "FROM (SELECT * FROM self_invoicing_ticket ORDER BY id LIMIT 1) t, generate_series(1, 20000) n"
        )
        names = [f.column for f in Invoice._meta.fields if f.column != "id"]
        own = {"folio": "1000 + n", "uuid": "gen_random_uuid()", "rfc": "'ZZZ' || lpad(n::text, 10, '0')"}
        values = ", ".join(own.get(name, f"t.{name}") for name in names)
        c.execute(
            f"INSERT INTO invoices_invoice ({', '.join(names)}) SELECT {values} "
            "FROM (SELECT * FROM invoices_invoice ORDER BY id LIMIT 1) t, generate_series(1, 5000) n"
        )
        names = [f.column for f in Customer._meta.fields if f.column != "id"]
        other = {"number": "100000 + n", "rfc": "'ZZZ' || lpad(n::text, 10, '0')", "search_name": "'z' || n"}
        values = ", ".join(other.get(name, f"t.{name}") for name in names)
        c.execute(
            f"INSERT INTO customers_customer ({', '.join(names)}) SELECT {values} "
            "FROM (SELECT * FROM customers_customer ORDER BY id LIMIT 1) t, generate_series(1, 5000) n"
        )


def _analyze(world: World) -> None:
    from tests.database import as_owner

    with as_owner(connection.settings_dict["NAME"]) as owner:
        owner.execute("ANALYZE self_invoicing_ticket")
        owner.execute("ANALYZE customers_customer")
        owner.execute("ANALYZE customers_customerword")
        owner.execute("ANALYZE invoices_invoice")


def _asked(world: World, office: Office, typed: str) -> list[str]:
    def look() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            office.client.get(world.shop.office + "buscar/", {"q": typed, "vista": "lista"})
        return [one["sql"] for one in seen.captured_queries]

    tables = ("self_invoicing_ticket", "invoices_invoice", "customers_customer")
    return [sql for sql in world.inside(look) if sql.startswith(("SELECT", "\nWITH")) and any(t in sql for t in tables)]


def _plan(sql: str) -> str:
    with connection.cursor() as c:
        c.execute("EXPLAIN (ANALYZE, TIMING OFF) " + sql.replace("%", "%%"))
        return "\n".join(row[0] for row in c.fetchall())


def _removed(plan: str) -> int:
    marks = [line.rpartition(":")[2] for line in plan.splitlines() if "Rows Removed by Filter" in line]
    return max((int(mark) for mark in marks), default=0)


def test_a_search_asks_few_questions(world: World, office: Office) -> None:
    desk.stamped(world)
    ticket: Any = world.scoped(lambda: Ticket.objects.get())

    def look(typed: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            office.client.get(world.shop.office + "buscar/", {"q": typed, "vista": "lista"})
        return len(seen)

    office.get("buscar/")
    asked = {typed: world.inside(lambda typed=typed: look(typed)) for typed in (ticket.code, "1", "Ingrid", "XOJI7")}  # type: ignore[misc]
    assert max(asked.values()) <= 16, asked
