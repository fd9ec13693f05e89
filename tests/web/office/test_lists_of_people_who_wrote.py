"""Customers, mails and messages of visitors are lists like any other: narrowed by address, saved, exported, indexed."""

import csv
import io
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from amate.customers.models import Customer
from amate.desk.filters import At
from amate.desk.keep_view import save_view
from amate.desk.listing import read_list
from amate.desk.lists import LISTS
from amate.desk.walk import part_of
from amate.help.models import Case
from amate.messages.models import Message
from tests.database import as_owner
from tests.web.office import desk
from tests.web.office.desk import Office
from tests.world import World

ZONE = ZoneInfo("America/Mexico_City")
OLD = timedelta(days=40)


def customers(world: World, count: int) -> None:
    def make() -> None:
        Customer.objects.bulk_create(
            Customer(
                number=100 + n,
                rfc="" if n % 10 == 0 else f"AAA{n:06d}XX1",
                nombre=f"ANA {n}",
                search_name=f"ana {n}",
                verified_at=world.now() if n % 50 == 1 else None,
                created_at=world.now() - timedelta(minutes=n % 7) - OLD * (n % 2),
            )
            for n in range(count)
        )

    world.scoped(make)


def mails(world: World, count: int) -> None:
    kinds = ["invoice", "note"]

    def make() -> None:
        Message.objects.bulk_create(
            Message(
                key=f"k-{n}",
                kind=kinds[n % 50 == 0],
                about=f"invoice:{n}",
                to=f"r{n}@example.com",
                subject=f"Tu factura {n}",
                state="bounced" if n % 50 == 1 else "sent",
                created_at=world.now() - timedelta(minutes=n % 7) - OLD * (n % 2),
            )
            for n in range(count)
        )

    world.scoped(make)


def cases(world: World, count: int) -> None:
    def make() -> None:
        Case.objects.bulk_create(
            Case(
                text=f"Mensaje {n}",
                correo=f"r{n}@example.com",
                subject="demora" if n % 50 == 0 else "error",
                state="answered" if n % 50 == 1 else "closed",
                asked_at=world.now() - timedelta(minutes=n % 7) - OLD * (n % 2),
            )
            for n in range(count)
        )

    world.scoped(make)


def rows(office: Office, path: str, **query: str) -> list[Any]:
    return list(office.get(path, **query).context["rows"])


def sheet(office: Office, path: str, **query: str) -> list[list[str]]:
    answer = office.get(f"{path}exportar/", formato="csv", **query)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_customers_are_narrowed_by_rfc_and_by_days_and_exported_as_listed(world: World, office: Office) -> None:
    customers(world, 4)
    assert [row.nombre for row in rows(office, "clientes/", rfc="aaa000003")] == ["ANA 3"]
    recent = (world.now() - timedelta(days=3)).astimezone(ZONE).date().isoformat()
    # In the order of the days, not of the rows: ANA 2 came two minutes before ANA 0.
    assert [row.nombre for row in rows(office, "clientes/", desde=recent)] == ["ANA 0", "ANA 2"]
    assert office.get("clientes/", desde=recent).context["list"].counted == "2 clientes"
    head, *found = sheet(office, "clientes/", estado="verified")
    assert [row[head.index("Nombre")] for row in found] == ["ANA 1"]
    assert found[0][head.index("Estado")] == "Verificado"


def test_mails_are_narrowed_by_state_kind_and_address_and_exported(world: World, office: Office) -> None:
    mails(world, 4)
    assert [row.subject for row in rows(office, "correos/", estado="bounced")] == ["Tu factura 1"]
    assert [row.subject for row in rows(office, "correos/", ver="sin-llegar")] == ["Tu factura 1"]
    assert [row.subject for row in rows(office, "correos/", tipo="note")] == ["Tu factura 0"]
    assert [row.subject for row in rows(office, "correos/", q="R3@EX")] == ["Tu factura 3"]
    head, *found = sheet(office, "correos/", estado="bounced")
    assert [(row[head.index("A")], row[head.index("Estado")]) for row in found] == [("r1@example.com", "Rebotó")]
    assert "Ningún correo es así" in office.text("correos/", q="nadie")
    assert "“nunca” no es una de las opciones" in office.text("correos/", estado="nunca")


def test_what_visitors_wrote_is_narrowed_by_subject_writer_and_note_and_exported(world: World, office: Office) -> None:
    cases(world, 4)
    ticket = world.sale()
    world.scoped(lambda: Case.objects.filter(text="Mensaje 2").update(ticket_id=ticket.pk))
    assert [row[0].text for row in rows(office, "ayuda/", motivo="demora")] == ["Mensaje 0"]
    assert [row[0].text for row in rows(office, "ayuda/", estado="answered")] == ["Mensaje 1"]
    assert [row[0].text for row in rows(office, "ayuda/", q="r3@")] == ["Mensaje 3"]
    assert [row[0].text for row in rows(office, "ayuda/", nota=ticket.folio)] == ["Mensaje 2"]
    head, *found = sheet(office, "ayuda/", nota=ticket.folio)
    assert [row[head.index("Nota")] for row in found] == [ticket.folio]
    assert "Ningún mensaje está así" in office.text("ayuda/", q="nadie@")


@pytest.mark.parametrize(("path", "name"), [("clientes/", "clientes"), ("correos/", "correos"), ("ayuda/", "ayuda")])
def test_a_narrowed_list_is_saved_and_stands_above_its_list(world: World, office: Office, path: str, name: str) -> None:
    desk.stamped(world, correo="ingrid@example.com")
    desk.asked_for_help(world)
    assert "Guardar esta vista" in office.text(path, desde="2020-01-01")
    assert office.get("vistas/nueva/", lista=name, desde="2020-01-01").status_code == 200

    def keep() -> None:
        save_view(
            owner_id=world.shop.owner.pk,
            listing=name,
            name="De siempre",
            query="desde=2020-01-01",
            shared=False,
            now=world.now(),
        )

    world.scoped(keep)
    tabs = [(tab.name, tab.current) for tab in office.get(path, desde="2020-01-01").context["list"].tabs]
    assert tabs == [("Todo", False), ("De siempre", True)]
    assert "De siempre" in office.text("vistas/")


def test_each_list_is_walked_to_its_end_by_days_without_gap_or_double(world: World) -> None:
    customers(world, 30)
    mails(world, 30)
    cases(world, 30)

    def walked(name: str) -> tuple[list[int], int]:
        asked = read_list(LISTS[name], {"desde": "2020-01-01"}, at=At(world.now(), ZONE, sees_codes=True))
        seen: list[int] = []
        after = ""
        while True:
            part = part_of(asked, after=after, size=7)
            seen += [row.pk for row in part.rows]
            after = part.after
            if not after:
                return seen, asked.rows().count()

    for name in ("clientes", "correos", "ayuda"):
        seen, count = world.scoped(lambda name=name: walked(name))
        assert len(seen) == len(set(seen)) == count == 30, name


SERVED_BY = [
    ("clientes", {"desde": "2026-03-01", "hasta": "2026-03-02"}, "customer_created"),
    ("clientes", {"estado": "verified"}, "customer_verified"),
    ("clientes", {"estado": "no_rfc"}, "customer_no_rfc"),
    ("clientes", {"rfc": "AAA000007"}, "customer_rfc"),
    ("correos", {"desde": "2026-03-01"}, "message_created"),
    ("correos", {"estado": "bounced"}, "message_state"),
    ("correos", {"ver": "sin-llegar"}, "message_astray"),
    ("correos", {"tipo": "note"}, "message_kind"),
    ("correos", {"q": "r77@"}, "message_to"),
    ("ayuda", {"hasta": "2026-03-01"}, "case_asked"),
    ("ayuda", {"estado": "answered"}, "case_state"),
    ("ayuda", {"motivo": "demora"}, "case_subject"),
    ("ayuda", {"q": "r77@"}, "case_correo"),
]


def test_an_index_serves_each_filter_under_the_policy(world: World, database_name: str) -> None:
    for make in (customers, mails, cases):
        make(world, 1500)
    with as_owner(database_name) as owner:
        owner.execute("ANALYZE customers_customer, outbox_message, help_case")

    def explained(name: str, said: dict[str, str]) -> str:
        asked = read_list(LISTS[name], said, at=At(world.now(), ZONE, sees_codes=True))
        with connection.cursor() as c:
            c.execute("SET LOCAL enable_seqscan = off")
            sql, params = asked.rows().prefetch_related(None).order_by(asked.order)[:51].query.sql_with_params()
            c.execute("EXPLAIN " + sql, params)
            return "\n".join(line for (line,) in c.fetchall())

    for name, said, index in SERVED_BY:
        plan = world.scoped(lambda name=name, said=said: explained(name, said))
        assert index in plan, f"{name} {said}\n{plan}"
