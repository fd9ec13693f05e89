"""The portal in figures: each visit counts once a step and once a cause, and folding changes no sum."""

from datetime import date
from decimal import Decimal
from typing import Any

from amate.invoices.models import Invoice, RefusedBy
from amate.reports.portal import funnel_by_branch, self_invoiced_by_month, stops_by_cause
from amate.self_invoicing.claim import PORTAL_TOO
from amate.self_invoicing.hold import lock_ticket
from amate.self_invoicing.models import Tally, Ticket, Visit
from amate.self_invoicing.rules import Standing
from amate.self_invoicing.tallies import CAUSE_OF, CAUSES, fold_tallies
from tests.people import FISICA
from tests.web.portal.buyer import Buyer
from tests.web.portal.test_refusals import refuse
from tests.world import World


def told(world: World) -> tuple[Any, dict[str, int], Any]:
    days: dict[str, date] = {"first": world.today(), "last": world.today()}
    month = {"first": world.today().replace(day=1), "last": world.today()}
    return world.scoped(
        lambda: (
            funnel_by_branch(**days),
            {row.cause: row.times for row in stops_by_cause(**days)},
            self_invoiced_by_month(**month),
        )
    )


def test_from_the_code_to_the_stamp_each_visit_counts_once_a_step(world: World) -> None:
    wins, leaves, stays = world.sale(), world.sale(), world.sale()
    buyer = Buyer(world.shop)
    assert buyer.types("7K4M9QXW2TRP", "1.00").status_code == 422  # X1
    assert buyer.types("7K4M9QXW2TRQ", "1.00").status_code == 422  # X2, with its check symbol wrong
    buyer.types("", "")  # says nothing yet
    buyer.opens(wins)
    buyer.opens(wins)  # the same visit
    buyer.post("datos/", {**FISICA, "rfc": "XAXX010101000"})  # X13
    buyer.gives()
    buyer.gives()
    buyer.emits()
    refuse(world, "CFDI40145", RefusedBy.RECEIVER)
    buyer.get("datos/")  # X12
    buyer.get("datos/")
    buyer.gives()
    buyer.emits()
    world.settle()
    buyer.get("listo/")
    other = Buyer(world.shop)
    other.scans(wins)
    other.get("descargar/")  # X5
    other.scans(leaves)
    other.gives()
    world.scoped(lambda: lock_ticket(ticket_id=stays.pk, reason="robo", now=world.now()))
    other.scans(stays)
    other.get("aviso/")  # X8
    other.get("aviso/")

    def look() -> None:
        funnel, causes, months = told(world)
        [row] = funnel
        assert (row.scanned, row.typed, row.given, row.asked, row.stamped) == (3, 1, 2, 1, 1)
        assert row.share == Decimal("0.25")
        assert causes == {"X1": 1, "X2": 1, "X5": 1, "X8": 1, "X12": 1, "X13": 1}
        assert (sum(one.notes for one in months), sum(one.portal for one in months)) == (3, 1)
        assert all(0 <= one.minutes < 5 for one in months if one.portal)

    look()
    before = world.scoped(Tally.objects.count)
    world.scoped(lambda: fold_tallies(now=world.now()))
    assert world.scoped(Tally.objects.count) == 10 < before
    look()
    assert told_elsewhere(world) == ([], {}, [])
    assert world.scoped(lambda: Invoice.objects.count()) == 2
    assert world.scoped(lambda: Visit.objects.filter(reached=2).count()) == 1
    assert world.scoped(lambda: Ticket.objects.count()) == 3


def told_elsewhere(world: World) -> tuple[Any, Any, Any]:
    days: dict[str, date] = {"first": world.today(), "last": world.today()}
    return world.scoped(
        lambda: (
            funnel_by_branch(**days),
            {r.cause: r.times for r in stops_by_cause(**days)},
            self_invoiced_by_month(**days),
        ),
        world.other,
    )


def test_whoever_must_wait_is_counted_and_every_standing_that_stops_has_its_cause(world: World) -> None:
    buyer = Buyer(world.shop)
    for _ in range(12):
        buyer.types("7K4M9QXW2TRP", "1.00")
    _, causes, _ = told(world)
    assert causes["X1"] + causes["X3"] == 12
    assert causes["X3"] >= 1
    # A divided note stops nobody: it leads to its parts.
    assert set(CAUSE_OF) == set(Standing) - PORTAL_TOO - {Standing.SPLIT}
    assert set(CAUSE_OF.values()) <= set(CAUSES)
