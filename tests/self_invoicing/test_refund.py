"""What is given back of a sale: the note shrinks, and whoever told it before is credited (FEATURES 35, 36)."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError

from amate.fiscal.returned import Given
from amate.fiscal.xml import parse
from amate.invoices.models import Invoice, Kind, Origin, Stamp, State
from amate.promises.models import Promise
from amate.self_invoicing.claim import NotClaimable
from amate.self_invoicing.close_period import NothingLeft
from amate.self_invoicing.models import Refund, Ticket
from amate.self_invoicing.refund import NotRefundable, OtherTotal, RefundAlreadyRegistered, Return, refund_ticket
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.what_remains import remains_of
from tests.invoices.life import cancel, minutes_pass, replaced
from tests.people import FISICA, MORAL
from tests.self_invoicing.test_close_period import claim_at, closed, faults, reckoned, stands
from tests.self_invoicing.test_leave_global import declared, of_kind
from tests.web.api.sales import line, sale

EXEMPT = {"impuesto": "002", "tipo_factor": "Exento", "tasa_o_cuota": None}
# Three hammers for a hundred, with their IVA; two books without; four packs of nails at a discount.
LINES = [
    line(cantidad="3", precio="33.333333"),
    line(descripcion="Libro", cantidad="2", precio="45.50", impuestos=[EXEMPT]),
    line(descripcion="Clavos", cantidad="4", precio="12.34", descuento="1.99"),
]
TOTAL = "238.37"


def sold(world: Any, key: str = "1", **changes: Any) -> Ticket:
    body = sale(lines=LINES, total=TOTAL, folio=f"R-{key}", sold_at=world.now().isoformat()) | changes
    answer = world.api("PUT", f"/tickets/pos/{key}", body)
    assert answer.status_code == 201, answer.content
    return world.scoped(lambda: Ticket.objects.select_related("branch").get(external_id=key))  # type: ignore[no-any-return]


def given(world: Any, ticket: Ticket, key: str, *lines: tuple[int, str], **more: Any) -> Refund:
    said = {"reason": "No le quedó", "tipo_relacion": "03"} | more
    back = Return(external_id=key, lines=tuple((place, Given(cantidad=Decimal(many))) for place, many in lines), **said)
    return world.scoped(lambda: refund_ticket(ticket_id=ticket.pk, back=back, now=world.now())[0])  # type: ignore[no-any-return]


def left(world: Any, ticket: Ticket) -> Decimal:
    return world.scoped(lambda: remains_of(ticket).total)  # type: ignore[no-any-return]


def fresh(world: Any, ticket: Ticket) -> Ticket:
    return world.scoped(lambda: Ticket.objects.select_related("branch").get(pk=ticket.pk))  # type: ignore[no-any-return]


def xml_of(world: Any, invoice: Invoice) -> Any:
    return parse(world.scoped(lambda: bytes(Stamp.objects.get(invoice=invoice).xml)))


def related(root: Any) -> tuple[str, str]:
    node = root.find("{*}CfdiRelacionados")
    return node.get("TipoRelacion"), node[0].get("UUID").lower()


def test_before_any_document_only_what_remains_is_told(world: Any) -> None:
    note, whole, shared = sold(world), sold(world, "2"), sold(world, "3")
    first = given(world, note, "d1", (0, "1"))
    assert (first.total, first.credit_note_id, left(world, note)) == (Decimal("33.33"), None, Decimal("205.04"))
    given(world, note, "d2", (0, "1"), (2, "3"))
    given(world, shared, "d1", importe=Decimal("38.37"), tipo_relacion="01")
    assert left(world, shared) == Decimal("200.00")
    gone = given(world, whole, "d1")
    assert (gone.total, left(world, whole), stands(world, fresh(world, whole))[0]) == (
        Decimal(TOTAL),
        Decimal(0),
        "void",
    )
    with pytest.raises(NotClaimable) as refusal:
        world.claim(whole)
    assert refusal.value.standing is Standing.VOID
    with pytest.raises(NotRefundable, match="cancelada"):
        given(world, whole, "d2", (0, "1"))

    found = reckoned(world)
    assert (found.sold.total, found.refunded) == (3 * Decimal(TOTAL), sum_of_refunds(world))
    assert found.enters.total == left(world, note) + left(world, shared)
    own = world.claim(shared)
    (made,) = closed(world, seen=(1, left(world, note)))
    world.settle()
    assert (world.invoice(own).state, world.invoice(own).total) == (State.STAMPED, Decimal("200.00"))
    assert (world.invoice(made).state, world.invoice(made).total) == (State.STAMPED, left(world, note))
    assert declared(world) == 3 * Decimal(TOTAL) - sum_of_refunds(world)
    assert not of_kind(world, Kind.EGRESO)
    assert not faults(world)


def sum_of_refunds(world: Any) -> Decimal:
    return sum(world.scoped(lambda: list(Refund.objects.values_list("total", flat=True))), Decimal(0))


def test_no_more_than_was_sold_and_told_twice_it_is_one(world: Any) -> None:
    note = sold(world)
    first = given(world, note, "d1", (0, "2"), total=Decimal("66.67"))
    assert given(world, note, "d1", (0, "2.0"), total=Decimal("66.670")).pk == first.pk
    with pytest.raises(RefundAlreadyRegistered, match="otra clave"):
        given(world, note, "d1", (0, "1"))
    for lines, field in ((((0, "2"),), "lines.0.cantidad"), (((1, "1"), (1, "2")), "lines.1.cantidad"),
                         (((9, "1"),), "lines.0.line"), (((0, "0"),), "lines.0.cantidad")):  # fmt: skip
        with pytest.raises(NotRefundable) as refused:
            given(world, note, "d2", *lines)
        assert refused.value.field == field
    with pytest.raises(NotRefundable, match=r"quedan 171\.70"):
        given(world, note, "d2", importe=Decimal("171.71"))
    with pytest.raises(OtherTotal) as other:
        given(world, note, "d2", (1, "1"), total=Decimal("45.00"))
    assert other.value.computed == Decimal("45.50")
    with pytest.raises(NotRefundable, match="forma de pago"):
        given(world, note, "d2", (1, "1"), forma_pago="99")
    assert left(world, note) == Decimal("171.70")

    def cheat(**changes: Any) -> None:
        world.scoped(lambda: Refund.objects.filter(pk=first.pk).update(**changes))

    with pytest.raises(IntegrityError, match="written once"):
        cheat(total=Decimal(1))
    with pytest.raises(IntegrityError, match="written once"):
        world.scoped(lambda: Refund.objects.filter(pk=first.pk).delete())


def test_after_its_own_invoice_each_part_is_credited_and_mailed(world: Any) -> None:
    note = sold(world)
    given(world, note, "d0", (0, "1"))
    own = world.claim(note, MORAL)
    early = given(world, note, "d1", (0, "1"), (1, "1"))  # while it is being stamped
    assert early.credit_note_id is None
    world.settle()
    (egreso,) = of_kind(world, Kind.EGRESO)
    assert (egreso.state, egreso.total, egreso.rfc) == (State.STAMPED, Decimal("78.84"), MORAL["rfc"])
    root = xml_of(world, egreso)
    assert related(root) == ("03", str(world.invoice(own).uuid))
    assert [one.get("Descripcion") for one in root.iter("{*}Concepto")] == [
        "Devolución de mercancías: 1 de Martillo de uña 16 oz",
        "Devolución de mercancías: 1 de Libro",
    ]
    assert {mail["To"] for mail in world.mail.mails} == {MORAL["correo"]}
    assert len([mail for mail in world.mail.mails if egreso.number in str(mail)]) == 1

    second = given(world, note, "d2", importe=Decimal("10.00"), tipo_relacion="01", forma_pago="03")
    assert second.credit_note_id is not None
    given(world, note, "d3")  # all that is left
    world.settle()
    notes = of_kind(world, Kind.EGRESO)
    assert [(one.state, one.forma_pago) for one in notes] == [
        (State.STAMPED, "01"), (State.STAMPED, "03"), (State.STAMPED, "01"),
    ]  # fmt: skip
    assert related(xml_of(world, notes[1]))[0] == "01"
    assert sum(one.total for one in notes) == world.invoice(own).total == Decimal("205.04")
    assert declared(world) == 0
    assert stands(world, fresh(world, note))[0] == "invoiced"
    with pytest.raises(NotRefundable):
        given(world, note, "d4", (0, "1"))
    assert not faults(world)


def test_after_the_global_the_public_is_credited_and_the_buyer_gets_the_rest(world: Any) -> None:
    note, whole = sold(world), sold(world, "2")
    (made,) = closed(world)
    given(world, note, "d1", (0, "1"), (2, "1"))
    world.settle()
    given(world, whole, "d1")
    world.settle()
    back, all_of_it = of_kind(world, Kind.EGRESO)
    root = xml_of(world, back)
    assert related(root) == ("01", str(world.invoice(made).uuid))
    assert root.find("{*}InformacionGlobal") is None
    assert root.find("{*}Receptor").get("Rfc") == "XAXX010101000"
    assert {(one.get("NoIdentificacion"), one.get("Descripcion")) for one in root.iter("{*}Concepto")} == {
        ("R-1", "Devolución de mercancías")
    }
    assert all_of_it.total == Decimal(TOTAL)
    assert stands(world, fresh(world, whole))[0] == "in_global"
    for origin in (Origin.PORTAL, Origin.COUNTER):
        with pytest.raises(NotClaimable):
            claim_at(world, whole, origin)
    assert declared(world) == left(world, note)

    own = world.claim(note, FISICA)
    assert own.total == left(world, note) == Decimal(TOTAL) - back.total
    world.settle()
    assert [one.state for one in of_kind(world, Kind.EGRESO)] == [State.STAMPED] * 3
    assert declared(world) == left(world, note)
    late = given(world, note, "d2", (1, "2"))  # of one that left the global: on its own invoice
    world.settle()
    assert related(xml_of(world, world.invoice(world.scoped(lambda: Refund.objects.get(pk=late.pk).credit_note))))[
        1
    ] == str(world.invoice(own).uuid)
    assert declared(world) == left(world, note) == Decimal(TOTAL) - back.total - late.total
    with pytest.raises(NothingLeft):
        closed(world)
    assert not faults(world)


def test_given_back_while_it_leaves_the_global_it_is_credited_where_the_note_stays(world: Any) -> None:
    note = sold(world)
    closed(world)
    world.settle()
    known = {MORAL["rfc"]: {"nombre": "OTRO NOMBRE", "cp": MORAL["cp"], "regimenes": [MORAL["regimen_fiscal"]]}}
    world.pac.admin("lists", {"mode": "strict", "receivers": known}, method="PUT")
    own = world.claim(note, MORAL)
    given(world, note, "d1", (1, "1"))
    world.settle()
    minutes_pass(world)
    assert world.invoice(own).state == State.REFUSED
    assert stands(world, fresh(world, note))[0] == "in_global"
    assert [(one.state, one.total) for one in of_kind(world, Kind.EGRESO)] == [
        (State.REFUSED, Decimal(TOTAL)), (State.STAMPED, Decimal("45.50")),
    ]  # fmt: skip
    assert declared(world) == left(world, note)
    assert not faults(world)


def test_cancelled_with_its_credit_note_it_is_free_for_what_remains(world: Any) -> None:
    note = sold(world)
    own = world.claim(note)
    world.settle()
    given(world, note, "d1", (0, "3"))
    world.settle()
    (egreso,) = of_kind(world, Kind.EGRESO)
    cancel(world, egreso)
    world.settle()
    minutes_pass(world)
    cancel(world, own)
    world.settle()
    minutes_pass(world)
    assert world.invoice(own).state == State.CANCELLED
    again = world.claim(note)
    world.settle()
    assert world.invoice(again).total == left(world, note) == Decimal(TOTAL) - 100
    assert declared(world) == left(world, note)


def test_a_substitute_is_credited_as_its_original_was_and_one_changed_by_hand_is_left_to_who_changed_it(
    world: Any,
) -> None:
    note, other = sold(world), sold(world, "2")
    own, changed = world.claim(note), world.claim(other)
    world.settle()
    given(world, note, "d1", (0, "1"))
    world.settle()
    cancel(world, of_kind(world, Kind.EGRESO)[0])
    world.settle()
    minutes_pass(world)
    substitute = replaced(world, own)
    world.settle()
    minutes_pass(world)
    egreso = of_kind(world, Kind.EGRESO)[-1]
    assert (egreso.state, egreso.total) == (State.STAMPED, Decimal("33.33"))
    assert related(xml_of(world, egreso))[1] == str(world.invoice(substitute).uuid)

    replaced(world, changed, lines=changed.lines[:1], total=Decimal(100))
    world.settle()
    minutes_pass(world)
    given(world, other, "d1", (0, "1"))
    world.settle()
    assert of_kind(world, Kind.EGRESO)[-1].pk == egreso.pk
    (stuck,) = world.scoped(lambda: list(Promise.objects.filter(kind="credit_refund", done_at__isnull=True)))
    assert "alguien la cambió a mano" in stuck.last_error
