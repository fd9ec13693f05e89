"""Several notes of one buyer become one invoice: all of them or none (FEATURES 37)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from amate.companies.models import Branch, Emisor, PortalPolicy
from amate.invoices.models import Invoice, Kind, State
from amate.promises.models import Promise
from amate.self_invoicing.claim import NotClaimable
from amate.self_invoicing.claim_joined import NotJoinable, claim_joined
from amate.self_invoicing.close_period import NothingLeft
from amate.self_invoicing.hold import lock_ticket, void_ticket
from amate.self_invoicing.join import MOST
from amate.self_invoicing.models import Claim, Refund, Ticket
from amate.self_invoicing.pagos import Pago, pagos_to_json
from tests.invoices.life import cancel, minutes_pass, replaced
from tests.people import FISICA, MORAL, receptor_of
from tests.self_invoicing.test_close_period import closed, faults
from tests.self_invoicing.test_leave_global import of_kind
from tests.self_invoicing.test_refund import TOTAL, fresh, given, related, sold, xml_of
from tests.web.api.sales import line


def joined(world: Any, *tickets: Ticket, nombre: str = "SURCO DISEÑO") -> Invoice:
    receptor = replace(receptor_of(MORAL), nombre=nombre)
    return world.scoped(  # type: ignore[no-any-return]
        lambda: claim_joined(ticket_ids=[one.pk for one in tickets], receptor=receptor, correo="", now=world.now())
    )


def held(world: Any) -> dict[int, int]:
    """Which invoice has each note."""
    return dict(world.scoped(lambda: list(Claim.objects.live().values_list("ticket_id", "invoice_id"))))


def other(world: Any, key: str, **changes: Any) -> Ticket:
    """One hammer, priced without its IVA."""
    plain = line(precio="33.333333", cantidad="7")
    return sold(world, key, **({"lines": [plain], "total": "270.66", "prices_include_taxes": False} | changes))


def test_the_invoice_tells_every_line_of_every_note_and_adds_up_to_the_cent(world: Any) -> None:
    cash, card, back = sold(world, "1"), other(world, "2", forma_pago="04"), sold(world, "3", forma_pago="04")
    given(world, back, "d1", (0, "1"))  # before: only what remains of it is told
    world.scoped(
        lambda: Ticket.objects.filter(pk=cash.pk).update(
            pagos=pagos_to_json([Pago("01", Decimal("200.00")), Pago("28", Decimal("38.37"))])
        )
    )
    invoice = joined(world, back, cash, card)
    assert held(world) == dict.fromkeys((back.pk, cash.pk, card.pk), invoice.pk)
    assert world.scoped(lambda: Promise.objects.filter(key=f"stamp:{invoice.pk}").count()) == 1
    world.settle()
    found, whole = world.invoice(invoice), 2 * Decimal(TOTAL) - Decimal("33.33") + Decimal("270.66")
    assert (found.state, found.total, found.forma_pago) == (State.STAMPED, whole, "04")
    root = xml_of(world, invoice)
    assert (root.get("Total"), len(root.find("{*}Conceptos"))) == (f"{whole:.2f}", 7)
    said = world.api("GET", f"/invoices/{found.uuid}").json()
    assert [code.replace("-", "") for code in said["tickets"]] == [one.code for one in (back, cash, card)]
    assert not closed_anything(world), "the global takes none of them"
    for note in (cash, card, back):
        with pytest.raises(NotClaimable):
            world.claim(note, FISICA)
    assert not faults(world)


def closed_anything(world: Any) -> list[Invoice]:
    try:
        return closed(world, seen=None)
    except NothingLeft:
        return []


def test_what_is_withheld_is_the_sum_of_what_each_note_gives(world: Any) -> None:
    world.scoped(lambda: Emisor.objects.update(rfc="LOAM850712XX3", regimen_fiscal="626"))
    first, second = sold(world, "1"), other(world, "2")
    alone = [world.claim(sold(world, "3"), MORAL), world.claim(other(world, "4"), MORAL)]
    invoice = joined(world, first, second)
    assert invoice.withheld == sum(one.withheld for one in alone) > 0
    assert invoice.total == sum(one.total for one in alone) == first.total + second.total - invoice.withheld


def test_one_that_may_not_be_in_it_leaves_all_of_them_free_and_says_what_to_do(world: Any) -> None:
    """Each conflict, in one world: which note, why, and the way out."""
    first = sold(world, "1")
    made = {
        name: other(world, name) for name in ("branch", "credit", "money", "void", "locked", "taken", "late", "done")
    }

    def spoil() -> None:
        here = Ticket.objects.get(pk=first.pk).branch
        there = Branch.objects.get(pk=here.pk)
        there.pk, there.code, there.nombre, there.serie = None, "norte", "Norte", "NO"
        there._state.adding = True
        there.save()
        change = {
            "branch": {"branch": there},
            "credit": {"metodo_pago": "PPD", "forma_pago": "99"},
            "money": {"moneda": "USD"},
            "late": {"deadline": world.now()},
        }
        for name, values in change.items():
            Ticket.objects.filter(pk=made[name].pk).update(**values)
        void_ticket(ticket_id=made["void"].pk, reason="No fue", now=world.now())
        lock_ticket(ticket_id=made["locked"].pk, reason="Se revisa", now=world.now())

    world.scoped(spoil)
    world.claim(made["done"], FISICA)
    world.settle()
    world.claim(made["taken"], FISICA)
    world.time_passes(seconds=2)
    before = world.scoped(Invoice.objects.count)
    said = {
        "branch": ("sucursal Norte", "factúrala aparte"),
        "credit": ("es a crédito y la R-1 ya está pagada", "factúrala aparte"),
        "money": ("está en USD y la R-1 en MXN", "factúrala aparte"),
        "void": ("se canceló", "avisa a la tienda"),
        "locked": ("en revisión", "cuando termine"),
        "taken": ("ya se está facturando", "espera"),
        "late": ("ya no está en plazo", "pide su factura en la tienda"),
        "done": ("ya tiene factura", "descárgala"),
    }
    for name, (why, alone) in said.items():
        with pytest.raises(NotJoinable) as refused:
            joined(world, first, made[name])
        (conflict,) = refused.value.conflicts
        assert (conflict.ticket.pk, why in conflict.why, alone in conflict.alone) == (made[name].pk, True, True), (
            conflict
        )
    assert (world.scoped(Invoice.objects.count), first.pk in held(world)) == (before, False)
    world.scoped(lambda: PortalPolicy.objects.update(enabled=False))
    with pytest.raises(NotJoinable) as refused:
        joined(world, first, made["branch"])
    assert [one.ticket.pk for one in refused.value.conflicts] == [first.pk, made["branch"].pk]
    for notes in ([first], [first, first], [first] * (MOST + 1)):
        with pytest.raises(ValueError, match="each once"):
            joined(world, *notes)


def test_one_in_a_global_is_invoiced_by_itself(world: Any) -> None:
    early = sold(world, "1")
    closed(world, seen=(1, early.total))
    world.settle()
    late = sold(world, "2")
    with pytest.raises(NotJoinable, match="ya está en la factura global"):
        joined(world, late, early)
    assert late.pk not in held(world)


def test_refused_or_cancelled_it_frees_all_and_replaced_it_passes_all_on(world: Any) -> None:
    first, second = sold(world, "1"), other(world, "2")
    refused = joined(world, first, second, nombre="SURCO DISEÑO SA DE CV")
    world.settle()
    assert (world.invoice(refused).state, held(world)) == (State.REFUSED, {})
    invoice = joined(world, second, first)
    world.settle()
    substitute = replaced(world, invoice)
    world.settle()
    assert held(world) == dict.fromkeys((first.pk, second.pk), substitute.pk)
    minutes_pass(world)
    assert (world.invoice(invoice).state, faults(world)) == (State.CANCELLED, [])
    cancel(world, substitute)
    world.settle()
    minutes_pass(world)
    assert world.invoice(substitute).state == State.CANCELLED
    assert (held(world), faults(world)) == ({}, [])
    assert world.claim(first, FISICA).total == first.total


def test_what_is_given_back_of_one_note_is_credited_with_that_notes_lines_only(world: Any) -> None:
    first, second = sold(world, "1"), sold(world, "2", forma_pago="04")
    invoice = joined(world, first, second)
    waits = given(world, first, "d0", (1, "1"))  # on its way: owed, and credited after the stamp
    assert waits.credit_note_id is None
    world.settle()
    given(world, second, "d1", (0, "1"), (2, "4"))
    given(world, first, "d2", (0, "3"))
    world.settle()
    notes = of_kind(world, Kind.EGRESO)
    assert [one.state for one in notes] == [State.STAMPED] * 3
    assert sorted(one.total for one in notes) == sorted(
        one.total for ticket in (first, second) for one in fresh_refunds(world, ticket)
    )
    for note in notes:
        assert related(xml_of(world, note)) == ("03", str(world.invoice(invoice).uuid))
    told = {one.get("Descripcion") for note in notes for one in xml_of(world, note).find("{*}Conceptos")}
    assert told == {
        "Devolución de mercancías de la nota R-1: 1 de Libro",
        "Devolución de mercancías de la nota R-2: 1 de Martillo de uña 16 oz",
        "Devolución de mercancías de la nota R-2: 4 de Clavos",
        "Devolución de mercancías de la nota R-1: 3 de Martillo de uña 16 oz",
    }
    assert fresh(world, second).state == Ticket.State.OPEN
    assert not faults(world)


def fresh_refunds(world: Any, ticket: Ticket) -> list[Refund]:
    return world.scoped(lambda: list(Refund.objects.filter(ticket=ticket)))  # type: ignore[no-any-return]
