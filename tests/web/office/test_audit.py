"""Auditoría: each act as a sentence, who and when, newest first; filters that page."""

import ast
from pathlib import Path
from typing import Any

from django.urls import reverse

from amate.access.models import Role
from amate.audit.chain import chain
from amate.audit.models import ActorKind, Entry
from amate.audit.record import Actor, acting, record
from amate.desk.act_words import FAMILIES, WORDS
from amate.web.backoffice.audit import THINGS
from tests.access.team import hired, owner_of
from tests.web.api.sales import sale
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World

CODE = Path(__file__).resolve().parents[3] / "amate"


def acts_in_the_code() -> set[str]:
    """The first argument of every `record(...)` and of the notes of logins."""
    found = set()
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("record", "_note"):
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def test_every_act_of_the_house_has_its_words() -> None:
    acts = acts_in_the_code()
    assert len(acts) >= 15
    assert acts - set(WORDS) == set()
    assert {act.partition(".")[0] for act in acts} - set(FAMILIES) == set()


def test_every_thing_has_its_page() -> None:
    for page, numbered, _ in THINGS.values():
        assert reverse(f"office:{page}", args=["shop", *([1] if numbered else [])])


def test_what_people_keys_and_visitors_do_is_told(world: World, office: Office) -> None:
    world.api("PUT", "/tickets/caja-9/A-1", sale())
    invoice = desk.stamped(world)
    path = f"{world.shop.office}facturas/{invoice.pk}/reenviar/"
    world.inside(lambda: office.client.post(path, {"correo": "contador@example.com"}))
    rows = office.get("auditoria/").context["rows"]
    assert [(row.who, row.what) for row in rows[:2]] == [
        ("ana@amate.example", "Envió una factura a contador@example.com"),
        ("El sistema", "Pidió la factura de una nota"),
    ]
    assert rows[0].url == f"{world.shop.office}facturas/{invoice.pk}/"
    told = {(row.who.split(" ")[0], row.what) for row in rows}
    assert ("Clave", "Registró una venta desde caja-9") in told
    moments = [row.moment for row in rows]
    assert moments == sorted(moments, reverse=True)


def test_repeating_a_sale_is_no_second_act(world: World, office: Office) -> None:
    for _ in range(3):
        world.api("PUT", "/tickets/caja-9/A-1", sale())
    assert world.scoped(lambda: Entry.objects.filter(act="ticket.registered").count()) == 1


def test_retrying_and_sealing_anew_leave_their_names(world: World, office: Office) -> None:
    desk.refused_for_staff(world)
    stuck = office.get("pendientes/").context["rows"][0].id
    world.inside(lambda: office.client.post(f"{world.shop.office}pendientes/{stuck}/reintentar/"))
    assert world.scoped(lambda: Entry.objects.filter(act="promise.retried", actor="ana@amate.example").count()) == 1


def test_it_is_filtered_by_person_family_and_thing(world: World, office: Office) -> None:
    leo = hired(world, "leo@amate.example", Role.CASHIER)

    def acts() -> None:
        for who in (Actor(ActorKind.PERSON, "leo@amate.example"), Actor(ActorKind.VISITOR), Actor(ActorKind.SYSTEM)):
            with acting(who):
                record("ticket.locked", about="ticket:7", now=world.now())
                record("invoice.resent", about="invoice:8", now=world.now(), to="x@example.com")

    world.scoped(acts)

    def seen(**query: str) -> list[tuple[str, str]]:
        return [(row.who, row.about) for row in office.get("auditoria/", **query).context["rows"]]

    assert seen(quien="leo@amate.example") == [("leo@amate.example", "invoice:8"), ("leo@amate.example", "ticket:7")]
    assert seen(quien="visitante") == [("Un visitante", "invoice:8"), ("Un visitante", "ticket:7")]
    assert {about for _, about in seen(tipo="invoice")} == {"invoice:8"}
    assert seen(sobre="ticket:7", quien="visitante") == [("Un visitante", "ticket:7")]
    assert seen(sobre="ticket:70") == []
    assert "Nadie ha hecho algo así" in office.text("auditoria/", sobre="ticket:70")
    assert owner_of(world).pk != leo.pk


def test_who_left_can_still_be_looked_for(world: World, office: Office) -> None:
    page = office.text("auditoria/", quien="antes@amate.example")
    assert '<option value="antes@amate.example" selected>' in page


def test_long_lists_go_on_after_the_last_row_and_keep_the_filter(world: World, office: Office) -> None:
    def many() -> None:
        for number in range(120):
            record("ticket.locked", about=f"ticket:{number}", now=world.now())
            record("invoice.resent", about=f"invoice:{number}", now=world.now(), to="x@example.com")

    world.scoped(many)
    seen: list[str] = []
    query: Any = {"tipo": "ticket"}
    while True:
        page = office.get("auditoria/", **query)
        seen += [row.about for row in page.context["rows"] if row.what == WORDS["ticket.locked"]]
        older = page.context["page"].older
        if not older:
            break
        query = dict(pair.split("=") for pair in older.removeprefix("?").split("&"))
    assert seen == [f"ticket:{number}" for number in reversed(range(120))]


def test_an_act_without_words_shows_its_own_name_and_hostile_details_are_text(world: World, office: Office) -> None:
    def acts() -> None:
        record("moon.landed", about="moon:1", now=world.now())
        record("invoice.resent", about="ticket:x", now=world.now(), to="<script>alert(1)</script>{actor}")

    world.scoped(acts)
    page = office.text("auditoria/")
    assert "moon.landed" in page
    assert "<script>" not in page
    assert "{actor}" in page


def test_it_says_how_many_are_chained(world: World, office: Office) -> None:
    world.scoped(lambda: chain(now=world.now()))
    count = world.scoped(lambda: Entry.objects.filter(seq__isnull=False).count())
    assert f"{count} actos están encadenados" in office.text("auditoria/")


def test_nothing_of_the_other_company_is_shown(world: World, office: Office) -> None:
    world.scoped(lambda: record("moon.landed", about="moon:1", now=world.now()), world.other)
    assert "moon.landed" not in office.text("auditoria/")
