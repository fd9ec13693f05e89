"""Five hundred sales, each with a fate of its own: stamped, replaced, cancelled, under faults drawn at every call. When the
noise is over each has one live CFDI that nothing replaces, or none if it was cancelled; and the SAT holds the same."""

import random
from typing import Any

import pytest

from amate.invoices.cancel import NotCancellable, cancel_invoice
from amate.invoices.models import AT_THE_SAT, DEAD, ON_THE_WAY, Invoice, Origin, Stamp, State
from amate.invoices.replace import Content, NotReplaceable, replace_invoice
from amate.self_invoicing.models import Claim

BATCHES, SALES, ROUNDS = 5, 100, 3
# No fault that waits for a time-out: those have tests of their own.
QUICK = [
    "drop_before",
    "drop_after",
    "truncated",
    "500_before",
    "500_after",
    "503",
    "429",
    "html_200",
    "json_without_data",
]
ALSO_OF_CANCELLING = ["cancel_not_done", "no_acuse", "acuse_malformed"]


@pytest.mark.parametrize("seed", range(BATCHES))
def test_every_sale_ends_with_one_live_cfdi_that_nothing_replaces_or_with_none(world: Any, seed: int) -> None:
    fate = random.Random(seed)
    first = [world.claim(world.sale()) for _ in range(SALES)]
    world.pac.admin(f"receiver/{first[0].rfc}", {"answer": fate.choice(["accept", "reject"])})
    for _ in range(ROUNDS):
        noise(world, fate)
        world.scoped(lambda: decide(world, fate))
        world.settle()
        world.time_passes(minutes=fate.choice([1, 7, 40, 600]))
        world.settle()
    world.pac.admin("faults", {}, method="DELETE")
    for hours in (1, 1, 1, 12, 13, 24, 1, 1):
        world.time_passes(hours=hours)
        world.settle()
    world.scoped(lambda: all_is_as_it_should_be(world))


def noise(world: Any, fate: random.Random) -> None:
    world.pac.admin("faults", {}, method="DELETE")
    for act, kinds in (("stamp", QUICK), ("cancel", [*QUICK, *ALSO_OF_CANCELLING]), ("status", ["500_before", "503"])):
        for kind in fate.sample(kinds, 2):
            world.pac.admin("faults", {"kind": kind, "on": act, "probability": 0.15, "retry_after": 1})


def decide(world: Any, fate: random.Random) -> None:
    """What people do meanwhile, on whatever they see: sometimes it may not be done, and then it is not."""
    rows = Invoice.objects.select_related("profile", "branch").filter(state=State.STAMPED).order_by("pk")
    for invoice in rows:
        wish = fate.random()
        try:
            if wish < 0.3:
                replace_invoice(
                    invoice_id=invoice.pk,
                    content=Content.of(invoice),
                    reason="datos",
                    asked_by="",
                    origin=Origin.OFFICE,
                    now=world.now(),
                )
            elif wish < 0.45:
                cancel_invoice(invoice_id=invoice.pk, motivo="02", reason="error", asked_by="", now=world.now())
        except (NotReplaceable, NotCancellable):
            continue


def all_is_as_it_should_be(world: Any) -> None:
    on_the_way = list(Invoice.objects.filter(state__in=ON_THE_WAY).values_list("pk", "state"))
    assert on_the_way == [], "everything arrived somewhere"
    at_the_sat = {
        one["uuid"].lower(): one["estado"] == "Vigente"
        for one in world.pac.admin("documents?limit=10000", None, method="GET")["documents"]
    }
    ours = {str(uuid): state in AT_THE_SAT for uuid, state in Stamp.objects.values_list("uuid", "invoice__state")}
    assert ours == at_the_sat, "what the PAC stamped and what the SAT cancelled is what we have"
    fates: dict[int, list[Invoice]] = {}
    for claim in Claim.objects.select_related("invoice"):
        fates.setdefault(claim.ticket_id, []).append(claim.invoice)
    assert len(fates) == SALES
    for ticket_id, documents in fates.items():
        live = [one for one in documents if one.state in AT_THE_SAT and one.replaced_by_id is None]
        held = list(Claim.objects.live().filter(ticket_id=ticket_id).values_list("invoice_id", flat=True))
        assert len(live) <= 1, documents
        assert held == [one.pk for one in live], (documents, held)
        if not live:
            assert {one.state for one in documents} <= DEAD
