"""Filters of the lists: in the address, shown as chips, bad ones told and ignored, each page after the last row."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from amate.access.models import Membership, Role
from amate.audit.record import record
from amate.companies.models import Branch
from amate.desk.filters import At
from amate.desk.listing import read_list
from amate.desk.lists import LISTS
from amate.desk.walk import part_of
from amate.invoices.models import Origin
from amate.self_invoicing.models import Ticket
from amate.self_invoicing.queries import STATES
from amate.self_invoicing.split import Division, split_ticket
from tests.database import as_owner
from tests.self_invoicing.test_close_period import closed
from tests.web.office import desk, plenty
from tests.web.office.desk import Office
from tests.world import World

ZONE = ZoneInfo("America/Mexico_City")


def change(world: World, pk: int, **values: Any) -> None:
    world.scoped(lambda: Ticket.objects.filter(pk=pk).update(**values))


def folios(office: Office, **query: str) -> list[str]:
    return [row.folio for row in office.get("notas/", **query).context["rows"]]


def around(office: Office, path: str = "notas/", **query: str) -> Any:
    return office.get(path, **query).context["list"]


# ------------------------------------------------------------ notas


def test_days_are_those_of_the_company(world: World, office: Office) -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=ZONE)  # already the 2nd in UTC
    plenty.tickets(world, 3, vary=lambda n: {"sold_at": late + timedelta(minutes=30 * n)})
    assert folios(office, desde="2026-03-01", hasta="2026-03-01") == ["F-0"]
    assert folios(office, desde="2026-03-02", hasta="2026-03-02") == ["F-2", "F-1"]
    assert folios(office, hasta="01/03/2026") == ["F-0"]
    assert folios(office, desde="2026-03-03", hasta="2026-03-01") == []


def test_each_way_of_narrowing_notes(world: World, office: Office) -> None:
    def branch() -> int:
        return int(Branch.objects.create(code="norte", nombre="Sucursal Norte", cp="22000", serie="N").pk)

    north = world.scoped(branch)
    soon = world.now() + timedelta(hours=1)
    vary = [
        {"branch_id": north},
        {"source": "caja-7"},
        {"total": Decimal("777.50"), "total_cents": 77750},
        {"deadline": soon, "sold_at": soon - timedelta(days=40)},
    ]
    plenty.tickets(world, 4, vary=lambda n: vary[n])
    desk.stamped(world)
    claimed = world.scoped(lambda: Ticket.objects.latest("id").folio)
    assert folios(office, sucursal=str(north)) == ["F-0"]
    assert folios(office, canal="caja-7") == ["F-1"]
    assert folios(office, minimo="$777.50", maximo="777.50") == ["F-2"]
    assert folios(office, minimo="777.51", maximo="778") == []
    assert folios(office, vence="3") == ["F-3"]
    assert folios(office, pedida="si") == [claimed]
    assert claimed not in folios(office, pedida="no")
    assert folios(office, canal="caja-7", sucursal=str(north)) == []


def test_every_state_shows_what_its_rows_say_they_are(world: World, office: Office) -> None:
    """The list's own conditions and the law of where a note stands may not differ."""
    world.sale()
    closed(world)
    pks = plenty.tickets(world, 3)
    change(world, pks[0], state="void")
    change(world, pks[1], state="locked")
    change(world, pks[2], deadline=world.now() - timedelta(days=1))
    desk.stamped(world)
    desk.refused_for_staff(world)
    desk.claimed(world)
    whole, halves = world.sale(), Division(shares=(Decimal(1), Decimal(1)))
    world.scoped(lambda: split_ticket(ticket_id=whole.pk, division=halves, now=world.now()))
    every = {row.folio: row.pill.word for row in office.get("notas/").context["rows"]}
    assert len(set(every.values())) == len(STATES)
    for state, word in STATES.items():
        assert set(folios(office, estado=state)) == {folio for folio, said in every.items() if said == word}, state


BAD = [
    ({"estado": "nonsense"}, "Estado: “nonsense” no es una de las opciones"),
    ({"desde": "31/02/2026"}, "Vendida desde: “31/02/2026” no es un día"),
    ({"hasta": "9999-12-31"}, "el año 9999 queda fuera"),
    ({"desde": "0001-01-01"}, "el año 1 queda fuera"),
    ({"minimo": "doce"}, "Total desde: “doce” no es una cantidad"),
    ({"maximo": "9" * 30}, "no filtramos por eso"),
    ({"minimo": "-3"}, "queda fuera de lo que vale una venta"),
    ({"sucursal": "999999"}, "Sucursal: “999999” no es una de las opciones"),
    ({"canal": "<script>"}, "Canal: “&lt;script&gt;”"),
]


def test_a_value_that_cannot_be_meant_is_told_and_narrows_nothing(world: World, office: Office) -> None:
    ticket = world.sale()
    for query, sentence in BAD:
        page = office.text("notas/", **query)
        assert sentence in page
        assert ticket.folio in page
        assert not around(office, **query).chips


def test_hostile_addresses_are_pages(world: World, office: Office) -> None:
    world.sale()
    for room in ("notas/", "facturas/", "productos/", "auditoria/", "clientes/", "correos/", "ayuda/", "pagos/"):
        for query in (
            {"antes": "1.2.3"}, {"antes": "9" * 19 + "." + "9" * 19}, {"antes": "-5"}, {"antes": "²"}, {"antes": "7.1"},
            {"desde": "2026-11-01", "antes": "9" * 18 + ".1"}, {"desde": "2026-11-01", "antes": "5"},
            {"q": "\x00'\"%_\\"}, {"q": "9" * 90}, {"rfc": "%"}, {"estado": "\x00"}, {"minimo": "NaN"}, {"desde": "x" * 5000},
        ):  # fmt: skip
            assert office.get(room, **query).status_code == 200, (room, query)


def test_chips_say_what_is_on_and_take_away_one_each(world: World, office: Office) -> None:
    world.sale()
    shown = around(office, estado="open", desde="2026-01-01", q="R-")
    said = [(one.label, one.shown) for one in shown.chips]
    assert said == [("Vendida desde", "1 ene 2026"), ("Estado", "Por facturar"), ("Folio o código", "“R-”")]
    state = shown.chips[1]
    assert parse_qs(state.without.removeprefix("?")) == {"desde": ["2026-01-01"], "q": ["R-"]}
    page = office.text("notas/", estado="open")
    assert "Quitar filtros" in page
    assert "Guardar esta vista" in page


def test_pages_go_on_in_the_order_of_the_filter_without_gap_or_double(world: World, office: Office) -> None:
    """Many notes of one moment: an import whose file told no hour."""
    noon = datetime(2026, 3, 1, 12, tzinfo=ZONE)
    plenty.tickets(world, 120, vary=lambda n: {"sold_at": noon + timedelta(days=n // 60)})
    seen: list[str] = []
    query: dict[str, str] = {"desde": "2026-03-01", "hasta": "2026-03-31"}
    while True:
        page = office.get("notas/", **query).context
        seen += [row.folio for row in page["rows"]]
        if not page["page"].older:
            break
        query = {name: values[0] for name, values in parse_qs(page["page"].older.removeprefix("?")).items()}
    assert len(seen) == len(set(seen)) == 120
    assert seen[0] == "F-119"
    assert seen[-1] == "F-0"
    assert page["page"].newest == "?desde=2026-03-01&hasta=2026-03-31"


def test_every_order_is_walked_to_its_end(world: World) -> None:
    now = world.now()
    plenty.tickets(
        world,
        12,
        vary=lambda n: {"deadline": now + timedelta(days=1 - 2 * (n % 2), minutes=n % 3), "total_cents": 100 + n % 2},
    )
    for _ in range(3):
        desk.claimed(world)

    def walked(said: dict[str, str]) -> tuple[list[int], list[int]]:
        asked = read_list(LISTS["notas"], said, at=At(world.now(), ZONE, sees_codes=True))
        seen, after = [], ""
        while True:
            part = part_of(asked, after=after, size=2)
            seen += [row.pk for row in part.rows]
            after = part.after
            if not after:
                return seen, list(asked.rows().values_list("id", flat=True))

    for order in ("pedida=si", "estado=expired", "vence=7", "minimo=1", "desde=2020-01-01", ""):
        said = {name: values[0] for name, values in parse_qs(order).items()}
        seen, every = world.scoped(lambda said=said: walked(said))
        assert len(every) >= 3, order
        assert len(seen) == len(set(seen)), order
        assert set(seen) == set(every), order


def test_the_page_counts_and_sums_what_it_lists_up_to_a_bound(
    world: World, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    plenty.tickets(world, 12, vary=lambda n: {"total": Decimal("290.00"), "total_cents": 29000})
    assert around(office, q="F-").counted == "12 notas por $3,480.00"
    monkeypatch.setattr("amate.web.backoffice.lists.COUNTED", 11)
    assert around(office, q="F-").all_of_them == "Todas las de este filtro"


def test_channels_are_found_without_reading_every_note(world: World, office: Office) -> None:
    plenty.tickets(world, 30, vary=lambda n: {"source": f"caja-{n % 3}"})
    shown = around(office)
    channels = next(one for one in shown.more if one.name == "canal").options
    assert [value for value, _ in channels] == ["caja-0", "caja-1", "caja-2", "demo"]


# ------------------------------------------------------------ facturas


def test_each_way_of_narrowing_invoices(world: World, office: Office) -> None:
    portal, counter = desk.stamped(world), desk.stamped(world, origin=Origin.COUNTER)

    def found(**query: str) -> list[int]:
        return [row.id for row in office.get("facturas/", **query).context["rows"]]

    both = [counter.pk, portal.pk]
    today = world.now().astimezone(ZONE).date().isoformat()
    assert found(origen="counter") == [counter.pk]
    assert found(rfc=portal.rfc.lower()[:5]) == both
    assert found(rfc="ZZZ") == []
    assert found(desde=today, hasta=today) == both
    assert found(hasta="2020-01-01") == []
    assert found(metodo="PUE") == both
    assert found(metodo="PPD") == []
    assert found(forma=portal.forma_pago) == [
        one for one, row in zip(both, (counter, portal), strict=True) if row.forma_pago == portal.forma_pago
    ]
    assert found(sucursal=str(portal.branch_id)) == both
    assert "no es una de las opciones" in office.text("facturas/", forma="77")


# ------------------------------------------------------------ productos, auditoría


def test_products_are_narrowed_and_the_retired_stay_apart(world: World, office: Office) -> None:
    desk.listed(world)
    assert len(office.get("productos/").context["rows"]) == 1
    assert len(office.get("productos/", clave_sat="50201706").context["rows"]) == 1
    assert len(office.get("productos/", precio="fijo").context["rows"]) == 0
    assert len(office.get("productos/", estado="retirados").context["rows"]) == 0
    assert len(office.get("productos/", estado="todos").context["rows"]) == 1


def test_the_audit_is_narrowed_by_days(world: World, office: Office) -> None:
    def acts() -> None:
        for day in (1, 2, 3):
            record("ticket.locked", about=f"ticket:{day}", now=datetime(2026, 3, day, 23, 30, tzinfo=ZONE))

    world.scoped(acts)
    rows = office.get("auditoria/", desde="2026-03-02", hasta="2026-03-02").context["rows"]
    assert [row.about for row in rows] == ["ticket:2"]


def test_the_audit_names_its_filters_in_words(world: World, office: Office) -> None:
    shown = around(office, "auditoria/", tipo="ticket", quien="antes@amate.example")
    assert [(one.label, one.shown) for one in shown.chips] == [
        ("Quién", "“antes@amate.example”"),
        ("Sobre qué", "Ventas"),
    ]


MAY = {
    Role.ACCOUNTANT: (["bloquear", "desbloquear", "cancelar", "enviar"], ["reenviar", "zip"]),
    Role.CASHIER: (["bloquear", "enviar"], ["reenviar"]),
    Role.SUPPORT: ([], []),
    Role.COLLECTOR: ([], []),
}


def test_each_role_sees_the_acts_it_may_do(world: World, office: Office) -> None:
    for role, (notes, invoices) in MAY.items():
        world.inside(lambda role=role: Membership.objects.filter(company=world.shop.company).update(role=role))
        assert [one.name for one in around(office).acts] == notes, role
        assert [one.name for one in around(office, "facturas/").acts] == invoices, role


# ------------------------------------------------------------ under the policy


SERVED_BY = [
    ({"desde": "2026-03-01", "hasta": "2026-03-02"}, "ticket_sold"),
    ({"canal": "caja-1"}, "ticket_source"),
    ({"estado": "locked"}, "ticket_state"),
    ({"estado": "expired"}, "ticket_deadline"),
    ({"minimo": "10", "maximo": "11"}, "ticket_cents"),
    ({"q": "F-77"}, "ticket_folio"),
    ({"q": "F-77"}, "ticket_code"),
    ({"pedida": "si"}, "self_invoicing_claim_company_id_id_key"),
]


def test_an_index_serves_each_filter_under_the_policy(world: World, database_name: str) -> None:
    """Only leakproof comparisons become conditions of an index (DECISIONS A3b)."""
    ids = plenty.tickets(world, 1500, vary=lambda n: {"source": f"caja-{n % 200}", "total_cents": n * 100})
    plenty.claims(world, ids[:1000])
    plenty.claims(world, plenty.tickets(world, 1500, shop=world.other), shop=world.other)
    with as_owner(database_name) as owner:
        owner.execute("ANALYZE self_invoicing_ticket, self_invoicing_claim")

    def explained(said: dict[str, str]) -> str:
        asked = read_list(LISTS["notas"], said, at=At(world.now(), ZONE, sees_codes=True))
        with connection.cursor() as c:
            c.execute("SET LOCAL enable_seqscan = off")
            rows = asked.rows().select_related(None).prefetch_related(None).order_by(asked.order)[:51]
            sql, params = rows.query.sql_with_params()
            c.execute("EXPLAIN " + sql, params)
            return "\n".join(line for (line,) in c.fetchall())

    for said, index in SERVED_BY:
        plan = world.scoped(lambda said=said: explained(said))
        assert f"{index} " in plan, f"{said}\n{plan}"
