"""Whoever comes at the same instant: one wins, the others are told, and nothing is doubled (DECISIONS C6)."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from amate.companies.folios import take_folio
from amate.companies.models import Branch
from amate.customers.accept import accept_profile
from amate.customers.models import Customer, FiscalProfile
from amate.customers.propose import propose_profile
from amate.fiscal.clock import zone_of
from amate.fiscal.global_period import period_of
from amate.fiscal.ingreso import total_of
from amate.fiscal.receptor import Receptor
from amate.invoices.cancel import cancel_invoice
from amate.invoices.models import Cancellation, Invoice, Kind, Motivo, Origin, Sealing, Stamp, State
from amate.promises.models import Promise
from amate.sandbox.companies import menu
from amate.self_invoicing.claim import NotClaimable, claim_ticket
from amate.self_invoicing.claim_joined import NotJoinable, claim_joined
from amate.self_invoicing.close_period import NothingLeft, close_period
from amate.self_invoicing.correct import NotCorrectable, correct_invoice
from amate.self_invoicing.hold import void_ticket
from amate.self_invoicing.models import Claim, Refund, Ticket
from amate.self_invoicing.queries import live_invoice
from amate.self_invoicing.refund import NotRefundable, Return, refund_ticket
from amate.self_invoicing.register import Sale, register_ticket
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.what_remains import remains_of
from amate.tenancy.scope import company_scope
from tests.invoices.life import minutes_pass
from tests.stories.processes import Crowd, house_of, open_promises, stamped_by, until, worker_process

BUYERS = (
    Receptor("XOJI740919U48", "INGRID XODAR JIMENEZ", "76028", "612", "G03"),
    Receptor("SDI190823KX4", "SURCO DISEÑO", "44160", "601", "G03"),
)


@pytest.fixture(scope="module")
def house(database_name: str, django_db_blocker: Any, minted: Any, pac_server: Any, mail_server: Any) -> Iterator[Any]:
    with django_db_blocker.unblock(), house_of(minted, pac_server, mail_server, database_name) as world:
        yield world


@pytest.fixture(scope="module")
def crowd(house: Any) -> Iterator[Crowd]:
    before = house.inside(deadlocks)
    made = Crowd(20)
    yield made
    made.go_home()
    assert house.inside(deadlocks) == before, "PostgreSQL had to end a deadlock"


def in_scope(house: Any, act: Callable[[], Any]) -> Callable[[], Any]:
    company = house.shop.company.pk

    def inside() -> Any:
        with company_scope(company):
            return act()

    return inside


def claim(house: Any, ticket: Ticket, buyer: Receptor, correo: str = "") -> Callable[[], Invoice]:
    return in_scope(
        house,
        lambda: claim_ticket(ticket_id=ticket.pk, receptor=buyer, correo=correo, origin=Origin.PORTAL, now=house.now()),
    )


def test_of_two_buyers_with_one_code_one_wins_and_the_other_is_told(house: Any, crowd: Crowd) -> None:
    documents = len(stamped_by(house.pac))
    winners = {buyer.rfc: 0 for buyer in BUYERS}
    for _ in range(50):
        ticket = house.sale()
        answers = crowd.at_once(*(claim(house, ticket, buyer) for buyer in BUYERS))
        won = [a for a in answers if isinstance(a, Invoice)]
        lost = [a for a in answers if isinstance(a, NotClaimable)]
        assert (len(won), len(lost)) == (1, 1), answers
        assert lost[0].standing is Standing.ISSUING
        winners[won[0].rfc] += 1
    house.settle()
    assert len(stamped_by(house.pac)) == documents + 50
    assert house.scoped(lambda: Claim.objects.live().count()) == documents + 50
    assert sum(winners.values()) == 50


@pytest.mark.parametrize("state", [Ticket.State.VOID, Ticket.State.LOCKED])
def test_a_ticket_is_claimed_or_taken_out_never_both(house: Any, crowd: Crowd, state: str) -> None:
    """The other side takes the ticket's row first and looks for a claim in a new statement, as the law of locks says."""

    def take_out(ticket: Ticket) -> bool:
        locked = Ticket.locked(ticket.pk)
        if live_invoice(locked) is not None:
            return False
        locked.move_to(state, state_since=house.now())
        return True

    for _ in range(20):
        ticket = house.sale()
        claimed, taken_out = crowd.at_once(
            claim(house, ticket, BUYERS[0]), in_scope(house, lambda ticket=ticket: take_out(ticket))
        )
        assert isinstance(claimed, Invoice) != (taken_out is True), (claimed, taken_out)
        if taken_out:
            assert isinstance(claimed, NotClaimable)
            assert claimed.standing.value == state


def join(house: Any, tickets: list[Ticket], buyer: Receptor) -> Callable[[], Invoice]:
    ids = [ticket.pk for ticket in tickets]
    return in_scope(house, lambda: claim_joined(ticket_ids=ids, receptor=buyer, correo="", now=house.now()))


def test_sets_that_share_a_note_are_made_whole_or_not_at_all_and_wait_in_no_circle(house: Any, crowd: Crowd) -> None:
    """Told in opposite orders; a third buyer asks for one of the notes alone."""
    for _ in range(15):
        a, b, c, d = (house.sale() for _ in range(4))
        sets = [{a.pk, b.pk, c.pk}, {d.pk, c.pk, b.pk}, {a.pk}]
        answers = crowd.at_once(
            join(house, [a, b, c], BUYERS[0]), join(house, [d, c, b], BUYERS[1]), claim(house, a, BUYERS[1])
        )
        assert all(isinstance(one, Invoice | NotJoinable | NotClaimable) for one in answers), answers
        one, other, alone = (isinstance(answer, Invoice) for answer in answers)
        assert (one, other, alone) in {(True, False, False), (False, True, True)}, answers
        for answer, notes in zip(answers, sets, strict=True):
            if isinstance(answer, Invoice):
                held = house.scoped(
                    lambda answer=answer: set(
                        Claim.objects.live().filter(invoice=answer).values_list("ticket_id", flat=True)
                    )
                )
                assert held == notes


def test_a_note_is_its_buyers_or_the_globals_never_both(house: Any, crowd: Crowd) -> None:
    """DB-1: the global of a period against the buyers of its notes, and against itself."""
    zone = zone_of(house.shop.branch.cp)

    def close() -> list[Invoice]:
        period = period_of(house.now().astimezone(zone).date(), periodicidad="01")
        try:
            return close_period(
                branch_id=house.shop.branch.pk, period=period, seen=None, origin=Origin.OFFICE, now=house.now()
            )
        except NothingLeft:
            return []

    close_now = in_scope(house, close)
    house.inside(close_now)
    ends: set[str] = set()
    for _ in range(12):
        ticket, other = house.sale(), house.sale()
        answers = crowd.at_once(claim(house, ticket, BUYERS[0]), close_now, claim(house, other, BUYERS[1]), close_now)
        house.inside(close_now)
        for sold, claimed in ((ticket, answers[0]), (other, answers[2])):
            (held,) = house.scoped(lambda sold=sold: list(Claim.objects.live().filter(ticket=sold)))
            if isinstance(claimed, Invoice):
                assert held.invoice_id == claimed.pk
                ends.add("claimed")
            else:
                assert isinstance(claimed, NotClaimable), claimed
                assert claimed.standing is Standing.IN_GLOBAL
                ends.add(Kind.GLOBAL if held.global_invoice_id else "lost")
    assert "claimed" in ends
    assert "lost" not in ends
    parts = house.scoped(lambda: list(Invoice.objects.filter(kind=Kind.GLOBAL).values_list("part", flat=True)))
    assert sorted(parts) == list(range(1, len(parts) + 1))


def test_what_is_given_back_while_it_is_invoiced_or_closed_is_documented_once(house: Any, crowd: Crowd) -> None:
    """A refund against the buyer, the global, a cancelled sale, its own repetition and another one: in the end the SAT holds what was sold less
    what was given back, to the cent."""
    zone = zone_of(house.shop.branch.cp)

    def close() -> list[Invoice]:
        period = period_of(house.now().astimezone(zone).date(), periodicidad="01")
        said = {"seen": None, "origin": Origin.OFFICE, "now": house.now()}
        try:
            return close_period(branch_id=house.shop.branch.pk, period=period, **said)
        except NothingLeft:
            return []

    def back(ticket: Ticket, key: str, importe: str | None = None) -> Callable[[], tuple[Refund, bool]]:
        amount = None if importe is None else Decimal(importe)
        told = Return(external_id=key, reason="no le quedó", tipo_relacion="03", importe=amount)
        return in_scope(house, lambda: refund_ticket(ticket_id=ticket.pk, back=told, now=house.now()))

    def void(ticket: Ticket) -> Callable[[], Ticket]:
        return in_scope(house, lambda: void_ticket(ticket_id=ticket.pk, reason="se arrepintió", now=house.now()))

    close_now = in_scope(house, close)
    house.inside(close_now)
    house.settle()
    before = house.scoped(declared)
    tickets, told_by, undone = [], set(), {}
    for turn in range(12):
        ticket, whole, regretted = house.sale(), house.sale(), house.sale()
        tickets += [ticket, whole]
        answers = crowd.at_once(
            claim(house, ticket, BUYERS[0]),
            back(ticket, "uno", "10.00"),
            back(ticket, "uno", "10.00"),
            back(ticket, "dos", "0.99"),
            *([close_now] if turn % 2 else []),
            back(whole, "uno"),
            back(whole, "dos"),
            claim(house, whole, BUYERS[1]),
            claim(house, regretted, BUYERS[0]),
            back(regretted, "uno", "10.00"),
            void(regretted),
        )
        bought, _, voided = answers[-3:]
        assert isinstance(bought, Invoice) + isinstance(voided, Ticket) <= 1, answers
        undone[regretted] = isinstance(voided, Ticket)
        refunds = [one for one in answers[1:4] if isinstance(one, tuple)]
        assert [new for _, new in refunds].count(True) == 2, answers
        assert len([one for one in answers[:-3] if isinstance(one, NotRefundable)]) == 1, answers
        for refund, new in refunds:
            if new:
                told_by.add("before" if refund.newest_document_id is None else "after")
        if turn % 3 == 0:
            house.settle()
    house.inside(close_now)
    house.settle()
    assert told_by == {"before", "after"}
    rest = house.scoped(lambda: [remains_of(ticket).total for ticket in tickets])
    assert rest == [left for sold in tickets[::2] for left in (sold.total - Decimal("10.99"), Decimal(0))]
    kept = house.scoped(lambda: [remains_of(ticket).total for ticket, gone in undone.items() if not gone])
    assert house.scoped(declared) - before == sum(rest) + sum(kept), "a sale that was undone is told to nobody"
    assert house.scoped(lambda: Promise.objects.filter(kind="credit_refund", done_at__isnull=True).count()) == 0


def declared() -> Decimal:
    """What the SAT holds: invoices and globals less credit notes."""
    held = Invoice.objects.at_the_sat()
    return sum((-one.total if one.kind == Kind.EGRESO else one.total for one in held), Decimal(0))


def test_one_sale_registered_by_twenty_at_once_is_one_ticket(house: Any, crowd: Crowd) -> None:
    lines = menu(7)
    for number in range(5):
        sale = Sale(
            source="caja-9",
            external_id=f"carrera-{number}",
            folio=f"C-{number}",
            sold_at=house.now() - timedelta(minutes=3),
            forma_pago="01",
            total=total_of(lines),
            lines=lines,
        )
        register = in_scope(
            house, lambda sale=sale: register_ticket(sale=sale, branch=Branch.objects.get(), now=house.now())
        )
        answers = crowd.at_once(*[register] * 20)
        assert all(isinstance(answer, tuple) for answer in answers), answers
        assert len({(ticket.pk, ticket.code) for ticket, _ in answers}) == 1
        assert [new for _, new in answers].count(True) == 1


def test_eight_takers_of_folios_leave_neither_gap_nor_double(house: Any, crowd: Crowd) -> None:
    class ChangeOfMind(Exception):
        pass

    def take(number: int) -> Callable[[], list[int]]:
        def act() -> list[int]:
            taken = []
            for turn in range(25):
                try:
                    taken.append(one(give_back=(turn + number) % 5 == 0))
                except ChangeOfMind:
                    continue
            return taken

        return act

    def one(*, give_back: bool) -> int:
        with company_scope(house.shop.company.pk):
            folio = take_folio(series="CARRERA")
            if give_back:  # its transaction fails: the number is free for the next
                raise ChangeOfMind
        return folio

    answers = crowd.at_once(*(take(number) for number in range(8)))
    assert sorted(folio for taken in answers for folio in taken) == list(range(1, 8 * 20 + 1))


def test_two_stamps_of_one_new_customer_make_one_customer_and_one_current_profile(house: Any, crowd: Crowd) -> None:
    for number in range(10):
        rfc = f"GOMA{800101 + number}AB1"
        proposals = [
            propose(house, Receptor(rfc, f"GOMA {cp}", cp, "612", "G03")) for cp in ("44100", "44160", "44100")
        ]
        accept = [
            in_scope(house, lambda pk=pk: accept_profile(profile=FiscalProfile.objects.get(pk=pk), now=house.now()).pk)
            for pk in proposals
        ]
        answers = crowd.at_once(*accept)
        customers = house.scoped(lambda rfc=rfc: list(Customer.objects.filter(rfc=rfc).values_list("pk", flat=True)))
        assert set(answers) == set(customers)
        assert len(customers) == 1
        current = house.scoped(lambda rfc=rfc: list(FiscalProfile.objects.current().filter(rfc=rfc)))
        assert len(current) == 1
        assert house.scoped(lambda rfc=rfc: FiscalProfile.objects.filter(rfc=rfc, accepted_at=None).count()) == 0


def propose(house: Any, receptor: Receptor) -> int:
    return int(house.scoped(lambda: propose_profile(receptor=receptor, correo="", origin="portal", now=house.now()).pk))


def test_two_workers_on_forty_invoices_stamp_each_once(house: Any, crowd: Crowd) -> None:
    house.settle()
    documents = len(stamped_by(house.pac))
    mails = len(house.mail.mails)
    invoices = [claim(house, house.sale(), BUYERS[n % 2], "ana@example.com")() for n in range(40)]
    with worker_process(house), worker_process(house):
        until(lambda: owed(house) == 0, what="the end of forty invoices")
    assert {house.invoice(i).state for i in invoices} == {State.STAMPED}
    assert len(stamped_by(house.pac)) == documents + 40
    assert len(house.mail.mails) == mails + 40
    assert len({mail["Message-ID"] for mail in house.mail.mails[mails:]}) == 40
    ids = [i.pk for i in invoices]
    counts = house.scoped(
        lambda: (Stamp.objects.filter(invoice__in=ids).count(), Sealing.objects.filter(invoice__in=ids).count())
    )
    assert counts == (40, 40)
    folios = house.scoped(lambda: sorted(Invoice.objects.filter(pk__in=ids).values_list("folio", flat=True)))
    assert folios == list(range(folios[0], folios[0] + 40))


def test_the_same_promise_nudged_to_two_workers_is_kept_by_one_at_a_time(house: Any) -> None:
    """Twenty nudges of each promise and three workers: the lease decides, the others find nothing to do."""
    from amate.promises.sweep import sweep

    documents = len(stamped_by(house.pac))
    invoices = [claim(house, house.sale(), BUYERS[0])() for _ in range(5)]
    for _ in range(20):
        house.inside(lambda: sweep(now=house.now(), lately=timedelta()))

    async def crowded() -> None:
        from amate.worker.run import run_worker

        plugs = [house.plugs() for _ in range(3)]
        await asyncio.gather(*(run_worker(one, forever=False) for one in plugs))
        for one in plugs:
            await one.aclose()

    house.inside(lambda: asyncio.run(crowded()))
    assert {house.invoice(i).state for i in invoices} == {State.STAMPED}
    assert len(stamped_by(house.pac)) == documents + 5
    ids = [f"stamp:{i.pk}" for i in invoices]
    attempts = house.scoped(lambda: list(Promise.objects.filter(key__in=ids).values_list("attempts", flat=True)))
    assert attempts == [1] * 5


def owed(house: Any) -> int:
    return open_promises(house)


def deadlocks() -> int:
    with connection.cursor() as c:
        c.execute("SELECT pg_stat_force_next_flush(), pg_stat_clear_snapshot()")
        c.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        row = c.fetchone()
    assert row is not None
    return int(row[0])


def test_a_correction_and_a_cancellation_leave_one_invoice_or_none_never_two(house: Any, crowd: Crowd) -> None:
    """Two tabs of its buyer correct what a person of the shop cancels at the same instant. The last one: it moves the clock of
    the house, which the workers of the others do not follow."""

    def correct(invoice: Invoice, ticket: Ticket, buyer: Receptor) -> Callable[[], Invoice]:
        return in_scope(
            house,
            lambda: correct_invoice(
                ticket_id=ticket.pk, invoice_id=invoice.pk, receptor=buyer, correo="", now=house.now()
            ),
        )

    def cancel(invoice: Invoice) -> Callable[[], Cancellation]:
        said = {"motivo": Motivo.ERRORS, "reason": "ya no", "asked_by": "ana"}
        return in_scope(house, lambda: cancel_invoice(invoice_id=invoice.pk, now=house.now(), **said))

    made: list[tuple[Invoice, bool]] = []
    for _ in range(20):
        ticket = house.sale()
        invoice = house.claim(ticket)
        house.settle()
        one, other, ended = crowd.at_once(*(correct(invoice, ticket, buyer) for buyer in BUYERS), cancel(invoice))
        corrected = [answer for answer in (one, other) if isinstance(answer, Invoice)]
        assert all(isinstance(answer, Invoice | NotCorrectable) for answer in (one, other)), (one, other)
        assert isinstance(ended, Cancellation), ended
        assert len(corrected) <= 1, "of two tabs one"
        made.append((invoice, bool(corrected)))
    minutes_pass(house)
    for invoice, corrected in made:
        heirs = house.scoped(lambda invoice=invoice: list(Invoice.objects.filter(replaces=invoice)))
        assert [heir.state for heir in heirs] == [State.STAMPED] * corrected
        assert house.invoice(invoice).state == State.CANCELLED
        held = house.scoped(lambda invoice=invoice: Claim.objects.live().filter(invoice=invoice).exists())
        assert not held
