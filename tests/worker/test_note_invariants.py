"""Notes that leave a global and sales that are given back: what somebody broke behind the application's back shows in the
morning; what is lawful never does."""

from datetime import timedelta
from typing import Any

from django.db import connection

from amate.audit.models import Inspection, Invariant
from amate.invoices.models import Invoice, Kind, State
from amate.promises.models import Promise
from amate.self_invoicing.models import LeftGlobal, Refund, Ticket
from amate.web.backoffice.attention import OF_A_NOTE
from amate.worker.inspect import inspect
from tests.database import as_admin
from tests.invoices.life import cancel, minutes_pass
from tests.people import FISICA, MORAL
from tests.self_invoicing.test_close_period import closed
from tests.self_invoicing.test_refund import given, sold
from tests.web.office.desk import Office
from tests.world import World


def found(world: World, night: int) -> dict[str, list[int]]:
    world.inside(lambda: inspect(now=world.now() + timedelta(days=10_000 + 2 * night)))

    def ids() -> dict[str, list[int]]:
        rows = Inspection.objects.filter(invariant__in=[Invariant.CLAIM, Invariant.LEFT, Invariant.REFUND])
        return {one.invariant: list(one.ids) for one in rows if one.ids}

    return world.scoped(ids)


def behind(*statements: str) -> None:
    with as_admin(connection.settings_dict["NAME"]) as c:
        c.execute("SET session_replication_role = replica")  # no trigger is asked
        for one in statements:
            assert c.execute(one).rowcount, one


def lives(world: World) -> dict[str, Any]:
    """One left its global whole, another with a part given back after; one is its buyer's, credited; one is refused."""
    notes = {key: sold(world, key) for key in ("left", "back", "own", "refused", "kept")}
    own = world.claim(notes["own"], MORAL)
    world.settle()
    (made,) = closed(world)
    world.settle()
    refunds = [given(world, notes["kept"], "d1", (1, "1")), given(world, notes["back"], "d1", (0, "1"))]
    world.settle()
    world.claim(notes["left"], FISICA)
    world.claim(notes["back"], FISICA)
    world.settle()
    refunds += [given(world, notes["back"], "d2", (1, "1")), given(world, notes["own"], "d1", (0, "1"))]
    world.settle()
    known = {MORAL["rfc"]: {"nombre": "OTRO NOMBRE", "cp": MORAL["cp"], "regimenes": [MORAL["regimen_fiscal"]]}}
    world.pac.admin("lists", {"mode": "strict", "receivers": known}, method="PUT")
    world.claim(notes["refused"], MORAL)
    world.settle()
    minutes_pass(world)
    world.pac.admin("lists", {}, method="PUT")
    return {"own": own, "global": made, "refunds": refunds, "notes": notes}


# {what breaks: (statements, whose ids show it)}; {left}, {egreso}, {own}: of the first departure; {refund}: of the own one.
LEFT: dict[str, tuple[str, ...]] = {
    "the_egreso_was_given_up_while_the_invoice_stands": (
        "UPDATE invoices_invoice SET state = 'refused', refused_by = 'nobody', uuid = NULL WHERE id = {egreso}",
    ),
    "the_egreso_was_never_sealed_and_nobody_owes_it": ("UPDATE invoices_invoice SET state = 'draft' WHERE id = {egreso}",),
    "the_egreso_is_cancelled_alone": ("UPDATE invoices_invoice SET state = 'cancelled', cancelled_how = 'without', cancelled_at = now() WHERE id = {egreso}",),
    "it_takes_out_less_than_was_invoiced": ("UPDATE invoices_invoice SET total = total - 0.01 WHERE id = {egreso}",),
    "the_egreso_is_about_another_document": ("UPDATE invoices_relation SET related_id = {own} WHERE invoice_id = {egreso}",),
    "it_is_said_to_be_back_and_is_invoiced": (
        "UPDATE self_invoicing_leftglobal SET returned_at = now() WHERE id = {left}",
    ),
    "the_invoice_was_refused_and_it_never_went_back": (
        "UPDATE invoices_invoice SET state = 'refused', refused_by = 'receiver', uuid = NULL WHERE id = {own}",
        "UPDATE invoices_invoice SET state = 'draft' WHERE id = {egreso}",
    ),
}  # fmt: skip
REFUND: dict[str, tuple[str, ...]] = {
    "more_is_given_back_than_was_sold": ("UPDATE self_invoicing_ticket SET total_cents = 3332 WHERE id = {ticket}",),
    "it_says_two_amounts": ("UPDATE self_invoicing_refund SET total_cents = total_cents - 1 WHERE id = {refund}",),
    "another_amount_is_credited": ("UPDATE invoices_invoice SET total = total - 0.01 WHERE id = {note}",),
    "its_credit_note_is_about_another_sale": (
        "UPDATE invoices_relation SET related_id = {own} WHERE invoice_id = {note}",
    ),
    "nobody_owes_its_credit_note": ("UPDATE self_invoicing_refund SET credit_note_id = NULL WHERE id = {refund}",),
}  # fmt: skip


def test_what_is_lawful_is_no_fault_and_each_break_is_found(world: World) -> None:
    """In one world: a break is mended by putting the rows back as they were."""
    told = lives(world)
    assert found(world, 0) == {}
    refund = world.scoped(lambda: Refund.objects.get(pk=told["refunds"][3].pk))
    first, second, third = world.scoped(lambda: list(LeftGlobal.objects.order_by("pk")))
    assert (first.returned_at, second.returned_at) == (None, None)
    assert third.returned_at is not None
    assert world.scoped(lambda: Promise.objects.open().filter(kind="credit_refund").count()) == 0
    facts = {
        "left": first.pk, "egreso": first.egreso_id, "own": first.invoice_id, "refund": refund.pk,
        "note": refund.credit_note_id, "ticket": refund.ticket_id,
    }  # fmt: skip
    tables = ("invoices_invoice", "invoices_relation", "self_invoicing_leftglobal", "self_invoicing_refund",
              "self_invoicing_ticket")  # fmt: skip
    night = 0
    for breaks, invariant, pk in ((LEFT, Invariant.LEFT, first.pk), (REFUND, Invariant.REFUND, refund.pk)):
        for what, statements in breaks.items():
            night += 1
            kept = {table: copied(table) for table in tables}
            behind(*(one.format(**facts) for one in statements))
            assert found(world, night).get(invariant) == [pk], what
            for table, rows in kept.items():
                put_back(table, rows)
    night += 1
    behind(REFUND["it_says_two_amounts"][0].format(**facts))
    assert found(world, night) == {Invariant.REFUND: [refund.pk]}
    home = Office(world).text()
    assert "Devoluciones que no concuerdan" in home
    assert f"notas/{refund.ticket_id}/" in home


def copied(table: str) -> list[tuple[Any, ...]]:
    with as_admin(connection.settings_dict["NAME"]) as c:
        return c.execute(f"SELECT id, to_jsonb(t)::text FROM {table} t ORDER BY id").fetchall()


def put_back(table: str, rows: list[tuple[Any, ...]]) -> None:
    with as_admin(connection.settings_dict["NAME"]) as c:
        c.execute("SET session_replication_role = replica")
        for pk, row in rows:
            names = c.execute(
                "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''", [table],
            ).fetchone()[0]  # fmt: skip
            c.execute(
                f"UPDATE {table} SET ({names}) = (SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s::jsonb)) "
                "WHERE id = %s", [row, pk],
            )  # fmt: skip


def test_every_life_of_these_is_lawful(world: World) -> None:
    """A global cancelled with what took notes out of it; an own invoice cancelled after; a credit note cancelled by hand."""
    told = lives(world)
    egreso = world.scoped(lambda: Refund.objects.get(pk=told["refunds"][3].pk).credit_note)
    cancel(world, egreso)
    world.settle()
    minutes_pass(world)
    assert world.invoice(egreso).state == State.CANCELLED
    assert found(world, 0) == {}
    cancel(world, told["own"])
    world.settle()
    minutes_pass(world)
    assert found(world, 1) == {}
    cancel(world, told["global"])
    for night in range(2, 5):
        world.settle()
        assert found(world, night) == {}
        minutes_pass(world)
    assert world.invoice(told["global"]).state == State.CANCELLED
    assert world.scoped(lambda: Invoice.objects.filter(kind=Kind.EGRESO, state=State.STAMPED).count()) == 1
    assert found(world, 5) == {}


def test_each_leads_to_its_note() -> None:
    assert {Invariant.CLAIM, Invariant.LEFT, Invariant.REFUND} == set(OF_A_NOTE)
    assert all(model._meta.get_field("ticket").related_model is Ticket for model in OF_A_NOTE.values())
