"""One note becomes several: its parts are ordinary notes, it is nobody's, and together they are what was sold (FEATURES 38)."""

import threading
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection

from amate.fiscal.divided import columns_of
from amate.invoices.lines import lines_from_json
from amate.invoices.models import Origin, State
from amate.reports.portal import self_invoiced_by_month
from amate.self_invoicing.claim import NotClaimable
from amate.self_invoicing.close_period import NothingLeft
from amate.self_invoicing.hold import TicketNotFree, lock_ticket, void_ticket
from amate.self_invoicing.models import Claim, Ticket
from amate.self_invoicing.queries import parts_of, registered_since
from amate.self_invoicing.refund import NotRefundable
from amate.self_invoicing.rejoin import NotRejoinable, rejoin_ticket
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.split import Division, NotSplittable, split_ticket
from amate.worker.invariants import parts_are_the_whole
from tests.people import FISICA, MORAL
from tests.self_invoicing.test_close_period import claim_at, closed, reckoned, stands
from tests.self_invoicing.test_refund import TOTAL, fresh, given, sold
from tests.worker.test_note_invariants import behind

THIRDS = Division(shares=(Decimal(1),) * 3)


def by(*takes: tuple[str, ...]) -> Division:
    return Division(takes=tuple(tuple(Decimal(many) for many in line) for line in takes))


ONE_EACH = by(("1", "2"), ("2", "0"), ("1", "3"))


def split(world: Any, ticket: Ticket, division: Division = THIRDS) -> list[Ticket]:
    return world.scoped(  # type: ignore[no-any-return]
        lambda: split_ticket(ticket_id=ticket.pk, division=division, now=world.now())
    )


def rejoin(world: Any, ticket: Ticket) -> Ticket:
    return world.scoped(lambda: rejoin_ticket(ticket_id=ticket.pk, now=world.now()))  # type: ignore[no-any-return]


def broken(world: Any) -> Any:
    return world.scoped(lambda: parts_are_the_whole.look(known=[], after=0, at_most=100).broken)


@pytest.mark.parametrize("division", [THIRDS, ONE_EACH], ids=["by shares", "by pieces"])
def test_parts_are_ordinary_notes_that_add_up_in_every_column(world: Any, division: Division) -> None:
    note = sold(world)
    parts = split(world, note, division)
    assert sum(part.total for part in parts) == Decimal(TOTAL)
    for place, line in enumerate(lines_from_json(note.lines)):
        told = [
            columns_of(one.line)
            for part in parts
            for one in lines_from_json(part.lines)
            if one.descripcion == line.descripcion
        ]
        assert tuple(sum(column) for column in zip(*told, strict=True)) == columns_of(line.line), place
    for number, part in enumerate(parts, start=1):
        own = fresh(world, part)
        assert (own.folio, own.split_of_id, own.source) == (f"R-1-{number}", note.pk, "pos")
        assert (own.sold_at, own.deadline, own.branch_id) == (note.sold_at, note.deadline, note.branch_id)
        assert stands(world, own) == ("open", True)
    assert len({note.code, *(part.code for part in parts)}) == len(parts) + 1
    assert stands(world, fresh(world, note)) == ("split", True)
    assert broken(world) == []


def test_each_part_is_invoiced_to_its_own_buyer_and_the_note_to_nobody(world: Any) -> None:
    note = sold(world)
    first, second, third = split(world, note)
    with pytest.raises(NotClaimable) as refused:
        world.claim(note)
    assert refused.value.standing is Standing.SPLIT
    with pytest.raises(NotClaimable):
        claim_at(world, note, Origin.COUNTER)
    one, two = world.claim(first, FISICA), world.claim(second, MORAL)
    world.settle()
    assert [world.invoice(each).state for each in (one, two)] == [State.STAMPED] * 2
    before = reckoned(world)
    assert {fate.name: fate.notes for fate in before.fates if fate.notes} == {"enters": 1, "invoiced": 2}
    assert before.sold.total == Decimal(TOTAL)
    (made,) = closed(world)
    world.settle()
    told = [world.invoice(each).total for each in (one, two, made)]
    assert sum(told) == Decimal(TOTAL)
    assert world.scoped(lambda: Claim.objects.filter(ticket=note).exists()) is False
    assert stands(world, third)[0] == "in_global"


def test_it_is_one_sale_in_every_sum(world: Any) -> None:
    start = world.now()
    note = sold(world)
    split(world, note)
    assert world.scoped(lambda: registered_since(start)) == (1, Decimal(TOTAL))
    day = world.today()
    months = world.scoped(lambda: self_invoiced_by_month(first=day, last=day))
    assert sum(month.notes for month in months) == 3
    assert reckoned(world).sold.total == Decimal(TOTAL)
    rejoin(world, note)
    assert reckoned(world).sold.total == Decimal(TOTAL)
    assert {fate.name: fate.notes for fate in reckoned(world).fates if fate.notes} == {"enters": 1}


def test_whole_again_while_nobody_has_a_part(world: Any) -> None:
    note = sold(world)
    parts = split(world, note)
    assert rejoin(world, note).state == Ticket.State.OPEN
    assert rejoin(world, note).state == Ticket.State.OPEN
    again = fresh(world, parts[0])
    assert (again.state, again.state_reason) == (Ticket.State.VOID, "Se volvió a unir a la nota R-1")
    with pytest.raises(NotClaimable):
        world.claim(parts[0])
    pair = split(world, note, ONE_EACH)
    assert [part.pk for part in world.scoped(lambda: parts_of(note))] == [part.pk for part in pair]
    invoice = world.claim(pair[0])
    with pytest.raises(NotRejoinable, match="R-1-1 ya se facturó"):
        rejoin(world, note)
    world.settle()
    assert world.invoice(invoice).total == pair[0].total
    assert stands(world, fresh(world, note))[0] == "split"


@pytest.mark.parametrize("what", ["refund", "void", "lock"])
def test_what_befell_a_part_keeps_the_note_divided(world: Any, what: str) -> None:
    note = sold(world)
    part = split(world, note, ONE_EACH)[0]
    if what == "refund":
        given(world, part, "d1", (0, "0.5"))
    else:
        act = {"void": void_ticket, "lock": lock_ticket}[what]
        world.scoped(lambda: act(ticket_id=part.pk, reason="x", now=world.now()))
    with pytest.raises(NotRejoinable, match="la nota queda dividida"):
        rejoin(world, note)
    assert broken(world) == []


def test_what_is_done_to_a_note_is_done_to_its_parts(world: Any) -> None:
    note = sold(world)
    parts = split(world, note)
    with pytest.raises(NotRefundable, match="en la parte que toca"):
        given(world, note, "d1")
    for act in (void_ticket, lock_ticket):
        with pytest.raises(TicketNotFree, match="se dividió"):
            world.scoped(lambda act=act: act(ticket_id=note.pk, reason="x", now=world.now()))
    assert given(world, parts[2], "d1").total == parts[2].total
    with pytest.raises(NotSplittable, match="ya se dividió"):
        split(world, note)


def test_only_a_whole_note_that_nobody_has_is_divided(world: Any) -> None:
    invoiced, in_global, locked, void, refunded = [sold(world, str(key)) for key in range(5)]
    world.claim(invoiced)
    world.scoped(lambda: lock_ticket(ticket_id=locked.pk, reason="", now=world.now()))
    world.scoped(lambda: void_ticket(ticket_id=void.pk, reason="", now=world.now()))
    given(world, refunded, "d1", (0, "1"))
    for note, why in ((locked, "desbloquéala"), (void, "cancelada"), (invoiced, "facturando"), (refunded, "devolvió")):
        with pytest.raises(NotSplittable, match=why):
            split(world, note)
    world.settle()
    closed(world)
    for note, why in ((invoiced, "ya tiene factura"), (in_global, "factura global")):
        with pytest.raises(NotSplittable, match=why):
            split(world, note)
    assert world.scoped(lambda: Ticket.objects.filter(split_of__isnull=False).count()) == 0


@pytest.mark.parametrize(
    ("division", "why", "place"),
    [
        (by(("1", "1"), ("2", "0"), ("1", "3")), "Son 3: reparte todas", 0),
        (by(("3", "0"), ("2", "0"), ("4", "0")), "Cada parte lleva algo", None),
        (by(("3",), ("2",), ("4",)), "2 partes o más", None),
        (Division(shares=(Decimal(1),) * 11), "2 partes o más, hasta 10", None),
    ],
)
def test_what_does_not_add_up_is_refused(world: Any, division: Division, why: str, place: int | None) -> None:
    note = sold(world)
    with pytest.raises(NotSplittable, match=why) as refused:
        split(world, note, division)
    assert refused.value.place == place
    assert stands(world, fresh(world, note)) == ("open", True)


def test_what_was_paid_in_several_ways_adds_up_by_way_and_by_part(world: Any) -> None:
    pagos = [{"forma_pago": "01", "importe": "100.00"}, {"forma_pago": "04", "importe": "138.37"}]
    note = sold(world, pagos=pagos, forma_pago=None)
    parts = split(world, note)
    for part in parts:
        assert sum(Decimal(one["importe"]) for one in part.pagos) == part.total
        assert part.forma_pago == "04"
    cash = sum(Decimal(one["importe"]) for part in parts for one in part.pagos if one["forma_pago"] == "01")
    assert cash == Decimal("100.00")


def test_refused_data_give_the_note_back_and_it_can_be_divided(world: Any) -> None:
    note = sold(world)
    known = {MORAL["rfc"]: {"nombre": "OTRO NOMBRE", "cp": MORAL["cp"], "regimenes": [MORAL["regimen_fiscal"]]}}
    world.pac.admin("lists", {"mode": "strict", "receivers": known}, method="PUT")
    invoice = world.claim(note, MORAL)
    world.settle()
    assert world.invoice(invoice).state == State.REFUSED
    assert len(split(world, note)) == 3
    assert world.scoped(lambda: Claim.objects.live().filter(ticket=note).exists()) is False


def test_the_database_holds_it_whatever_writes(world: Any) -> None:
    note = sold(world)
    part = split(world, note)[0]
    other = world.claim(sold(world, "2"))

    def claim_the_note() -> None:
        Claim.objects.create(ticket=note, invoice=other, claimed_at=world.now())

    def shrink() -> None:
        Ticket.objects.filter(pk=part.pk).update(total_cents=part.total_cents - 1)

    def forget() -> None:
        Ticket.objects.filter(pk=part.pk).update(state="void", rejoined_at=world.now())

    def open_it() -> None:
        Ticket.objects.filter(pk=note.pk).update(state="open")

    def divide_the_claimed() -> None:
        Ticket.objects.filter(external_id="2").update(state="split")

    def divide_into_nothing() -> None:
        Ticket.objects.filter(pk=sold_alone.pk).update(state="split")

    sold_alone = sold(world, "3")
    for wrong in (claim_the_note, shrink, forget, open_it, divide_the_claimed, divide_into_nothing):
        with pytest.raises(IntegrityError):
            world.scoped(wrong)


def test_a_part_is_divided_again_and_all_of_it_is_still_one_sale(world: Any) -> None:
    note = sold(world)
    part = split(world, note, ONE_EACH)[1]
    smaller = split(world, part)
    assert [one.folio for one in smaller] == ["R-1-2-1", "R-1-2-2", "R-1-2-3"]
    assert (reckoned(world).sold.notes, reckoned(world).sold.total) == (4, Decimal(TOTAL))
    assert broken(world) == []
    with pytest.raises(NotRejoinable, match="R-1-2"):
        rejoin(world, note)

    def forget_its_parts() -> None:
        Ticket.objects.filter(pk=part.pk).update(state="open")

    with pytest.raises(IntegrityError):
        world.scoped(forget_its_parts)
    rejoin(world, part)
    assert rejoin(world, note).state == Ticket.State.OPEN
    assert (reckoned(world).sold.notes, reckoned(world).sold.total) == (1, Decimal(TOTAL))
    assert broken(world) == []


def test_the_night_watch_finds_parts_that_do_not_add_up(world: Any) -> None:
    note = sold(world)
    part = split(world, note)[0]
    behind(f"UPDATE self_invoicing_ticket SET total_cents = total_cents + 100, total = total + 1 WHERE id = {part.pk}")
    assert broken(world) == [note.pk]


def test_of_a_global_and_a_division_at_once_one_has_the_note(world: Any) -> None:
    for key in range(8):
        note = sold(world, f"r{key}")
        told: list[Any] = []

        def run(act: Any, told: list[Any] = told) -> None:
            try:
                told.append(act())
            except (NotSplittable, NothingLeft) as late:
                told.append(late)
            finally:
                connection.close()

        acts = [lambda note=note: split(world, note), lambda: closed(world)]
        threads = [threading.Thread(target=run, args=[act]) for act in (acts if key % 2 else acts[::-1])]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        assert len(told) == 2, told
        state = stands(world, fresh(world, note))[0]
        parts = world.scoped(lambda note=note: parts_of(note))
        assert (state, len(parts)) in {("split", 3), ("in_global", 0)}
        if parts:
            with suppress(NothingLeft):  # the other's turn may have come after the division
                closed(world)
        assert reckoned(world).enters.notes == 0
