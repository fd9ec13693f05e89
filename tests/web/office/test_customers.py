"""Clientes in the back office."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from amate.access.models import Membership, Role
from amate.audit.models import Entry
from amate.customers.change import verify_customer
from amate.customers.models import Contact, Customer, FiscalProfile
from amate.invoices.models import Origin
from tests.customers.hands import INGRID, JUAN, SURCO, again, calls, contacts, current, versions, written_down
from tests.customers.test_merge import bought
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.web.office.test_imports import post
from tests.world import World

FISCAL = {
    "rfc": "sdi-190823-kx4",
    "nombre": "Surco Diseño, S.A. de C.V.",
    "cp": "44160",
    "regimen_fiscal": "601",
    "uso_cfdi": "G03",
    "correo": "admin@surco.example",
}
INGRID_TYPED = {
    "rfc": INGRID.rfc,
    "nombre": INGRID.nombre,
    "cp": INGRID.domicilio_fiscal,
    "regimen_fiscal": INGRID.regimen_fiscal,
    "uso_cfdi": INGRID.uso_cfdi,
    "correo": "",
}
KEEPERS = (Role.OWNER, Role.ADMIN, Role.ACCOUNTANT)


def as_role(world: World, role: Role) -> Office:
    world.inside(lambda: Membership.objects.filter(user=world.shop.owner).update(role=role))
    return Office(world)


def seen_on(office: Office, path: str) -> str:
    found = re.search(r'name="visto" value="([^"]*)"', office.text(path))
    assert found
    return found[1]


def names(office: Office, **query: str) -> list[str]:
    return [row.nombre for row in office.get("clientes/", **query).context["rows"]]


def body(answer: Any) -> str:
    return str(answer.content.decode())


# ------------------------------------------------------------ the list


def test_the_first_day_teaches_where_customers_come_from(office: Office) -> None:
    page = office.text("clientes/")
    assert "Aún no hay clientes" in page
    assert "Llegan solos" in page


def test_the_list_is_found_and_filtered_from_its_address(world: World, office: Office) -> None:
    written_down(world, INGRID, correo="ingrid@example.com")
    bought(world, SURCO)
    written_down(world, nombre="La del 5")
    assert names(office) == ["La del 5", "SURCO DISEÑO", "INGRID XODAR JIMENEZ"]
    assert names(office, q="jimé xod") == names(office, estado="verified") == ["INGRID XODAR JIMENEZ"]
    assert names(office, q="ingrid@ex") == ["INGRID XODAR JIMENEZ"]
    assert names(office, estado="no_rfc") == ["La del 5"]
    assert names(office, estado="unverified") == ["La del 5", "SURCO DISEÑO"]
    assert names(office, estado="verified", q="surco") == []
    assert "Ningún cliente es así" in office.text("clientes/", q="nadie")
    pills = {row.nombre: row.pill.word for row in office.get("clientes/").context["rows"]}
    assert pills == {
        "La del 5": "Sin RFC",
        "SURCO DISEÑO": "Confirmado por el SAT",
        "INGRID XODAR JIMENEZ": "Verificado",
    }


def test_the_list_shows_who_may_be_there_twice(world: World, office: Office) -> None:
    ingrid = written_down(world, INGRID, correo="ingrid@example.com")
    written_down(world, nombre="Doña I", correo="Ingrid@example.com")
    phone, same = written_down(world, nombre="Ana"), written_down(world, nombre="Beto")
    for one in (phone, same):
        calls(world, one, telefono="33 1234 5678")
    written_down(world, nombre="Luz Ríos")
    written_down(world, nombre="LUZ RIOS")
    written_down(world, nombre="Luz Mar")
    calls(world, ingrid, correo="otra@example.com", nombre="Otra")
    assert names(office, estado="double") == ["LUZ RIOS", "Luz Ríos", "Beto", "Ana", "Doña I", "INGRID XODAR JIMENEZ"]


def test_a_long_list_has_pages_that_keep_the_filter(world: World, office: Office) -> None:
    def many() -> None:
        for n in range(53):
            Customer.objects.create(number=100 + n, nombre=f"ANA {n}", search_name=f"ana {n}", created_at=world.now())

    world.scoped(many)
    page = office.get("clientes/", q="ana").context
    assert (len(page["rows"]), "q=ana" in page["page"].older) == (50, True)
    rest = world.inside(lambda: office.client.get(f"{world.shop.office}clientes/{page['page'].older}")).context
    assert [row.nombre for row in rest["rows"]] == ["ANA 2", "ANA 1", "ANA 0"]


def test_the_list_and_the_page_ask_the_same_queries_for_one_and_for_many(world: World, office: Office) -> None:
    def asked(path: str) -> int:
        def look() -> int:
            with CaptureQueriesContext(connection) as seen:
                assert office.client.get(world.shop.office + path).status_code == 200
            return len(seen)

        return world.inside(look)

    desk.stamped(world, correo="ingrid@example.com")
    ingrid = world.scoped(lambda: Customer.objects.get())
    asked("")
    once = [asked(path) for path in ("clientes/", f"clientes/{ingrid.pk}/")]
    for n in range(3):
        desk.stamped(world, correo="ingrid@example.com")
        written_down(world, nombre=f"Otra {n}")
        calls(world, ingrid, nombre=f"Luz {n}")
    assert [asked(path) for path in ("clientes/", f"clientes/{ingrid.pk}/")] == once
    assert max(once) <= 28, once


# ------------------------------------------------------------ one customer


def test_the_page_answers_first_and_tells_everything(world: World, office: Office) -> None:
    world.mail.refuse.add("ingrid@example.com")
    invoice = desk.stamped(world, correo="ingrid@example.com")
    desk.stamped(world, correo="ingrid@example.com", origin=Origin.COUNTER)
    ingrid = world.scoped(lambda: Customer.objects.get())
    calls(
        world,
        ingrid,
        nombre="Luz, contabilidad",
        telefono="33 1234 5678",
        correo="luz@example.com",
        receives_invoices=True,
    )
    facts = office.get(f"clientes/{ingrid.pk}/").context
    assert facts["answer"][0].startswith("2 facturas vigentes por $")
    assert facts["answer"][1].startswith("la última, el ")
    page = office.text(f"clientes/{ingrid.pk}/")
    for told in (
        "Cliente 1",
        "Confirmado por el SAT",
        "612 · Personas Físicas con Actividades Empresariales y Profesionales",
        "G03 · Gastos en general",
        "Correo principal",
        "Luz, contabilidad",
        "33 1234 5678",
        "Recibe facturas",
        f"/facturas/{invoice.pk}/",
        invoice.number,
        "Rechazado",
        "Portal de autofactura",
    ):
        assert told in page, told


@pytest.mark.parametrize("role", [Role.CASHIER, Role.SUPPORT, Role.COLLECTOR])
def test_where_a_customers_invoices_go_is_changed_by_who_keeps_customers(
    world: World, office: Office, role: str
) -> None:
    desk.stamped(world)
    ingrid = world.scoped(lambda: Customer.objects.get())
    luz = calls(world, ingrid, nombre="Luz", correo="luz@example.com", receives_invoices=True)
    world.inside(lambda: Membership.objects.filter(company=world.shop.company).update(role=role))
    thief = {"nombre": "Luz", "correo": "ladron@example.com", "telefono": "33 1234 5678"}
    seen = office.get(f"clientes/{ingrid.pk}/contactos/{luz.pk}/").context["seen"]
    post(office, f"clientes/{ingrid.pk}/contactos/{luz.pk}/", thief | {"visto": seen})
    post(office, f"clientes/{ingrid.pk}/contactos/nuevo/", thief | {"receives_invoices": "on"})
    rows = world.scoped(
        lambda: list(Contact.objects.order_by("id").values_list("correo", "telefono", "receives_invoices"))
    )
    assert rows == [("luz@example.com", "33 1234 5678", True), ("ladron@example.com", "33 1234 5678", False)]
    told = world.scoped(lambda: Entry.objects.get(act="customer.contact_changed").detail)
    assert (told["before"], told["correo"]) == ("luz@example.com", "luz@example.com")


def test_an_invoice_and_the_counter_lead_to_the_customer(world: World, office: Office) -> None:
    invoice = desk.stamped(world)
    ingrid = world.scoped(lambda: Customer.objects.get())
    assert f"clientes/{ingrid.pk}/" in office.text(f"facturas/{invoice.pk}/")
    note = world.sale()
    found = post(office, f"mostrador/nota/{note.pk}/", {"rfc": INGRID.rfc, "accion": "rfc"})
    assert f"clientes/{ingrid.pk}/" in body(found)
    draft = desk.claimed(world)
    assert "Ver al cliente" not in office.text(f"facturas/{draft.pk}/")


def test_verified_the_page_no_longer_offers_it(world: World, office: Office) -> None:
    ingrid = bought(world, INGRID)
    assert "Verificar estos datos" in office.text(f"clientes/{ingrid.pk}/")
    assert post(office, f"clientes/{ingrid.pk}/verificar/").status_code == 302
    page = office.text(f"clientes/{ingrid.pk}/")
    assert "Quedó verificado" in page
    assert "Verificar estos datos" not in page


# ------------------------------------------------------------ by hand


def test_a_customer_is_added_by_hand_as_people_type(world: World, office: Office) -> None:
    answer = post(office, "clientes/nuevo/", FISCAL)
    assert answer.status_code == 302
    [surco] = world.scoped(lambda: list(Customer.objects.all()))
    assert answer["Location"] == f"{world.shop.office}clientes/{surco.pk}/"
    assert (surco.rfc, surco.nombre, surco.correo) == ("SDI190823KX4", "SURCO DISEÑO", "admin@surco.example")
    page = office.text(f"clientes/{surco.pk}/")
    assert "Quitamos “S.A. DE C.V.”" in page
    assert "Tu equipo · ana@amate.example" in page


def test_the_name_stays_as_it_was_typed_when_asked(world: World, office: Office) -> None:
    post(office, "clientes/nuevo/", FISCAL | {"conservar": "1"})
    assert world.scoped(lambda: Customer.objects.get().nombre) == "SURCO DISEÑO, S.A. DE C.V."


def test_a_wrong_check_digit_is_only_told(world: World, office: Office) -> None:
    post(office, "clientes/nuevo/", FISCAL | {"rfc": "SDI190823KX9"})
    surco = world.scoped(lambda: Customer.objects.get())
    assert "El último dígito no coincide" in office.text(f"clientes/{surco.pk}/")


def test_a_name_alone_is_enough(world: World, office: Office) -> None:
    assert post(office, "clientes/nuevo/", {"nombre": "La del 5", "correo": "cinco@example.com"}).status_code == 302
    nobody = world.scoped(lambda: Customer.objects.get())
    assert (nobody.rfc, nobody.nombre) == ("", "La del 5")
    assert "Aún no tiene datos fiscales" in office.text(f"clientes/{nobody.pk}/")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rfc": "SDI19"}, "El RFC lleva 12 o 13 caracteres y escribiste 5"),
        ({"rfc": "XAXX010101000"}, "Ese RFC es de público en general"),
        ({"rfc": ""}, "Escribe el RFC de tu cliente"),
        ({"nombre": ""}, "Escribe el nombre como está en el SAT"),
        ({"cp": "4416"}, "El código postal lleva 5 números"),
        ({"regimen_fiscal": "605"}, "Elige tu régimen fiscal"),
        ({"uso_cfdi": "D01"}, "El SAT no acepta ese uso"),
        ({"correo": "admin"}, "Al correo le falta algo"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    world: World, office: Office, change: dict[str, str], sentence: str
) -> None:
    answer = post(office, "clientes/nuevo/", FISCAL | change)
    assert answer.status_code == 422
    page = body(answer)
    assert page.count(sentence) == 2  # in the summary and at the field
    assert "<title>Error: " in page
    for name in {"nombre", "cp", "correo"} - set(change):
        assert FISCAL[name].upper() in page.upper()
    assert world.scoped(lambda: Customer.objects.count()) == 0


def test_a_known_rfc_leads_to_its_customer(world: World, office: Office) -> None:
    surco = written_down(world, SURCO)
    page = body(post(office, "clientes/nuevo/", FISCAL))
    assert "Ese RFC ya es del cliente 1, SURCO DISEÑO" in page
    assert f"clientes/{surco.pk}/" in page
    other = written_down(world, INGRID)
    page = body(
        post(office, f"clientes/{other.pk}/datos/", FISCAL | {"visto": seen_on(office, f"clientes/{other.pk}/datos/")})
    )
    assert f"clientes/{other.pk}/unir/{surco.pk}/" in page


# ------------------------------------------------------------ two people, one customer


def test_the_second_of_two_who_edit_is_told_and_loses_nothing(world: World, office: Office) -> None:
    ingrid = written_down(world, INGRID)
    path = f"clientes/{ingrid.pk}/datos/"
    mine = theirs = seen_on(office, path)
    assert post(office, path, INGRID_TYPED | {"cp": "44100", "visto": theirs}).status_code == 302
    answer = post(office, path, INGRID_TYPED | {"cp": "44160", "correo": "yo@example.com", "visto": mine})
    assert answer.status_code == 422
    page = body(answer)
    assert "No se guardó: alguien cambió este cliente hace un momento. Revisa y vuelve a guardar" in page
    assert 'value="44160"' in page
    assert 'value="yo@example.com"' in page
    assert answer.context["differ"] == [
        ("Código postal", "44100", "44160"),
        ("Correo electrónico", "vacío", "yo@example.com"),
    ]
    assert "Lo último lo hizo ana@amate.example" in page
    assert current(world, ingrid).domicilio_fiscal == "44100"
    again_seen = re.search(r'name="visto" value="([^"]*)"', page)
    assert again_seen
    assert post(office, path, INGRID_TYPED | {"cp": "44160", "visto": again_seen[1]}).status_code == 302
    assert versions(world, ingrid)[-1] == (INGRID.rfc, "44160", True)


def test_a_portal_that_changed_it_meanwhile_is_a_conflict_too(world: World, office: Office) -> None:
    ingrid = bought(world, INGRID)
    path = f"clientes/{ingrid.pk}/datos/"
    mine = seen_on(office, path)
    bought(world, replace(INGRID, domicilio_fiscal="44100"))
    assert post(office, path, INGRID_TYPED | {"visto": mine}).status_code == 422


def test_who_edits_a_customer_that_was_merged_meanwhile_keeps_what_he_typed(world: World, office: Office) -> None:
    nobody, ingrid = written_down(world, nombre="La del 5"), written_down(world, INGRID)
    mine = seen_on(office, f"clientes/{nobody.pk}/datos/")
    merge_path = f"clientes/{ingrid.pk}/unir/{nobody.pk}/"
    post(office, merge_path, {"visto": seen_on(office, merge_path)})
    answer = post(office, f"clientes/{nobody.pk}/datos/", {"nombre": "La del 6", "visto": mine})
    assert answer.status_code == 422
    page = body(answer)
    assert "Este cliente se unió con INGRID XODAR JIMENEZ" in page
    assert "La del 6" in page
    assert f'action="{world.shop.office}clientes/{ingrid.pk}/datos/"' in page


def test_the_second_of_two_who_edit_a_contact_is_told(world: World, office: Office) -> None:
    ingrid = written_down(world, INGRID)
    luz = calls(world, ingrid, nombre="Luz")
    path = f"clientes/{ingrid.pk}/contactos/{luz.pk}/"
    mine = seen_on(office, path)
    post(office, path, {"nombre": "Luz María", "visto": mine})
    answer = post(office, path, {"nombre": "Luz Elena", "telefono": "33 1234 5678", "visto": mine})
    assert answer.status_code == 422
    assert "No se guardó: alguien cambió este contacto hace un momento" in body(answer)
    assert answer.context["differ"] == [("Nombre", "Luz María", "Luz Elena"), ("Teléfono", "vacío", "33 1234 5678")]
    assert 'value="Luz Elena"' in body(answer)


# ------------------------------------------------------------ contacts


def test_a_contact_is_added_and_removed(world: World, office: Office) -> None:
    ingrid = written_down(world, INGRID)
    base = f"clientes/{ingrid.pk}/contactos/"
    said = {"nombre": "Luz", "correo": "luz@example.com", "telefono": "33 1234 5678", "receives_invoices": "on"}
    assert post(office, base + "nuevo/", said)["Location"].endswith("#contactos")
    assert contacts(world, ingrid) == [("Luz", "luz@example.com", True)]
    luz = world.scoped(lambda: Contact.objects.get())
    assert "¿Quitar a Luz?" in office.text(f"{base}{luz.pk}/quitar/")
    post(office, f"{base}{luz.pk}/quitar/")
    assert contacts(world, ingrid) == []
    assert "Quitamos a Luz" in office.text(f"clientes/{ingrid.pk}/")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Escribe al menos el nombre, el correo o el teléfono"),
        ({"nombre": "Luz", "receives_invoices": "on"}, "Escribe a qué correo le llegan las facturas"),
        ({"telefono": "1234"}, "Al teléfono le faltan números"),
        ({"correo": "luz"}, "Al correo le falta algo"),
        ({"nombre": "a|b"}, "Quita la barra"),
    ],
)
def test_an_empty_or_wrong_contact_is_refused_at_its_field(
    world: World, office: Office, said: dict[str, str], sentence: str
) -> None:
    ingrid = written_down(world, INGRID)
    answer = post(office, f"clientes/{ingrid.pk}/contactos/nuevo/", said)
    assert answer.status_code == 422
    assert body(answer).count(sentence) == 2
    assert contacts(world, ingrid) == []


def test_a_contact_is_found_only_under_its_customer(world: World, office: Office) -> None:
    ingrid, surco = written_down(world, INGRID), written_down(world, SURCO)
    luz = calls(world, ingrid, nombre="Luz")
    assert office.get(f"clientes/{surco.pk}/contactos/{luz.pk}/").status_code == 404


# ------------------------------------------------------------ proposals


def test_a_proposal_is_shown_beside_what_we_have_and_decided(world: World, office: Office) -> None:
    assert "Nada por revisar" in office.text("clientes/propuestas/")
    ingrid = written_down(world, INGRID)
    for cp in ("44100", "44160"):
        bought(world, replace(INGRID, domicilio_fiscal=cp, uso_cfdi="S01"))
    assert "2 propuestas de datos fiscales por revisar" in office.text("clientes/")
    assert names(office, estado="to_review") == [INGRID.nombre]
    rows = office.get("clientes/propuestas/").context["rows"]
    assert [row.changes for row in rows] == ["Código postal, Uso del CFDI"] * 2
    first, second = (f"clientes/propuestas/{row.id}/" for row in rows)
    shown = {pair.label: (pair.ours, pair.theirs) for pair in office.get(first).context["pairs"] if pair.differs}
    assert shown == {
        "Código postal": ("76028", "44100"),
        "Uso del CFDI": ("G03 · Gastos en general", "S01 · Sin efectos fiscales"),
    }
    mine = seen_on(office, second)
    answer = post(office, first, {"decision": "tomar", "visto": seen_on(office, first)})
    assert answer["Location"] == f"{world.shop.office}clientes/propuestas/"
    assert current(world, ingrid).domicilio_fiscal == "44100"
    late = post(office, second, {"decision": "tomar", "visto": mine})
    assert late.status_code == 422
    assert "alguien cambió este cliente hace un momento" in body(late)
    answer = post(office, second, {"decision": "conservar", "visto": seen_on(office, second)})
    assert answer["Location"] == f"{world.shop.office}clientes/{ingrid.pk}/"
    assert "Ya se descartó" in office.text(second)
    post(office, second, {"decision": "tomar", "visto": mine})
    assert current(world, ingrid).domicilio_fiscal == "44100"


def test_a_decision_must_be_one_of_the_two(world: World, office: Office) -> None:
    written_down(world, INGRID)
    bought(world, replace(INGRID, domicilio_fiscal="44100"))
    proposal = world.scoped(lambda: FiscalProfile.objects.to_review().get())
    assert post(office, f"clientes/propuestas/{proposal.pk}/", {"decision": "x"}).status_code == 422


# ------------------------------------------------------------ doubles


def test_doubles_are_found_previewed_and_merged_and_the_address_follows(world: World, office: Office) -> None:
    desk.stamped(world, correo="ingrid@example.com")
    ingrid = world.scoped(lambda: Customer.objects.get())
    public = written_down(world, nombre="Ingrid Xodar")
    assert [row.customer.pk for row in office.get(f"clientes/{public.pk}/unir/").context["rows"]] == [ingrid.pk]
    assert "Nombre parecido" in office.text(f"clientes/{public.pk}/unir/")
    path = f"clientes/{public.pk}/unir/{ingrid.pk}/"
    facts = office.get(path).context
    assert facts["moves"][:2] == [(1, "factura"), (1, "nota de venta facturada")]
    assert dict(facts["data"])["RFC"] == INGRID.rfc
    assert f"clientes/{ingrid.pk}/unir/{public.pk}/" in office.text(path)
    seen = seen_on(office, path)
    for _ in range(2):  # a double click
        assert post(office, path, {"visto": seen})["Location"] == f"{world.shop.office}clientes/{public.pk}/"
    assert again(world, ingrid).merged_into_id == public.pk
    page = office.text(f"clientes/{public.pk}/")
    assert "Aquí se unió el cliente 1, INGRID XODAR JIMENEZ" in page
    assert "1 factura vigente" in page
    for rest in ("", "datos/", "unir/", "contactos/nuevo/"):
        answer = office.get(f"clientes/{ingrid.pk}/{rest}")
        assert (answer.status_code, answer["Location"]) == (302, f"{world.shop.office}clientes/{public.pk}/{rest}")


def test_two_taxpayers_are_refused_in_plain_words_and_allowed_when_the_sat_changed_it(
    world: World, office: Office
) -> None:
    ingrid, surco = written_down(world, INGRID), written_down(world, SURCO)
    path = f"clientes/{ingrid.pk}/unir/{surco.pk}/"
    said = {"visto": seen_on(office, path)}
    answer = post(office, path, said)
    assert answer.status_code == 422
    assert "para el SAT son dos contribuyentes" in body(answer)
    assert "El SAT le cambió el RFC" in body(answer)
    assert again(world, surco).merged_into_id is None
    assert post(office, path, said | {"sat_cambio": "1"}).status_code == 302
    assert again(world, surco).merged_into_id == ingrid.pk


def test_the_double_is_also_found_by_search(world: World, office: Office) -> None:
    ingrid = written_down(world, INGRID)
    surco = written_down(world, SURCO)
    rows = office.get(f"clientes/{ingrid.pk}/unir/", q="surco").context["rows"]
    assert [row.customer.pk for row in rows] == [surco.pk]
    assert "No parece estar dos veces" in office.text(f"clientes/{ingrid.pk}/unir/")


def test_a_merge_of_what_changed_since_is_shown_again(world: World, office: Office) -> None:
    ingrid, juan = written_down(world, INGRID), bought(world, JUAN)
    path = f"clientes/{ingrid.pk}/unir/{juan.pk}/"
    seen = seen_on(office, path)
    world.scoped(lambda: Customer.objects.filter(pk=juan.pk).update(correo="otro@example.com"))
    answer = post(office, path, {"visto": seen})
    assert answer.status_code == 422
    assert "alguien cambió este cliente" in body(answer)


# ------------------------------------------------------------ who may


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_do_what_it_may(world: World, role: Role) -> None:
    ingrid, juan = written_down(world, INGRID), bought(world, JUAN)
    luz = calls(world, ingrid, nombre="Luz")
    bought(world, replace(INGRID, domicilio_fiscal="44100"))
    proposal = world.scoped(lambda: FiscalProfile.objects.to_review().get())
    world.scoped(lambda: verify_customer(customer_id=juan.pk, now=world.now()))
    office, keeps = as_role(world, role), role in KEEPERS
    one = f"clientes/{ingrid.pk}/"
    for path in ("clientes/", one, "clientes/propuestas/", f"clientes/propuestas/{proposal.pk}/"):
        assert office.get(path).status_code == 200, path
    for path in (f"{one}contactos/nuevo/", f"{one}contactos/{luz.pk}/"):
        assert office.get(path).status_code == 200, path
        assert post(office, path, {"nombre": "Luz", "visto": seen_on(office, path)}).status_code == 302, path
    kept_from = (
        "clientes/nuevo/",
        f"{one}datos/",
        f"{one}unir/",
        f"{one}unir/{juan.pk}/",
        f"{one}contactos/{luz.pk}/quitar/",
    )
    for path in kept_from:
        assert office.get(path).status_code == (200 if keeps else 403), path
    for path in (
        "clientes/nuevo/",
        f"{one}datos/",
        f"{one}verificar/",
        f"{one}unir/{juan.pk}/",
        f"clientes/propuestas/{proposal.pk}/",
    ):
        assert (post(office, path, {"visto": "x"}).status_code == 403) is not keeps, path
    page = office.text(one)
    assert (f"{one}datos/" in page) is keeps
    assert (f"{one}unir/" in page) is keeps
    assert f"{one}contactos/nuevo/" in page
    assert ("Usar los propuestos" in office.text(f"clientes/propuestas/{proposal.pk}/")) is keeps
    assert (post(office, f"{one}contactos/{luz.pk}/quitar/").status_code == 403) is not keeps
