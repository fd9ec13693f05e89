"""A second PAC stamps what the first surely did not, and nothing that the first may have (DECISIONS C9)."""

from datetime import timedelta
from typing import Any

import pytest

from amate.invoices.after_restore import ask_for_what_was_sealed
from amate.invoices.choose_pac import ANY, PacStanding, choose_pac
from amate.invoices.models import Invoice, Sealing, Stamp, State
from amate.promises.models import Promise
from amate.promises.sweep import rescue
from tests.invoices.life import cancel, issued, minutes_pass
from tests.stories.dying_worker import BETWEEN_PACS
from tests.stories.processes import dies_by_its_own_hand, stamped_by, worker_process

SW, FINKOK = "sw_sapien", "finkok"


def fault(pac: Any, kind: str, **more: Any) -> None:
    pac.admin("faults", {"kind": kind, **more})


def mended(pac: Any) -> None:
    pac.admin("faults", {}, method="DELETE")


def settled(world: Any, *minutes: int) -> None:
    """The worker comes by now, and again after each wait of the back-off."""
    world.settle()
    for wait in minutes or (1, 2, 6, 16):
        world.time_passes(minutes=wait)
        world.settle()


def where(world: Any) -> tuple[int, int]:
    """How many CFDI each PAC has."""
    return len(stamped_by(world.pac)), len(stamped_by(world.second))


def stamped_at(world: Any, invoice: Invoice) -> str:
    found = world.invoice(invoice)
    assert found.state == State.STAMPED, (found.state, [p.last_error for p in world.promises()])
    stamp: Stamp = world.scoped(lambda: Stamp.objects.get(invoice=invoice))
    assert [str(stamp.uuid)] == [*stamped_by(world.pac), *stamped_by(world.second)]
    return stamp.pac


def held(world: Any) -> str:
    return str(world.scoped(lambda: Sealing.objects.get(superseded_at__isnull=True).pac))


# ------------------------------------------------------------ the choice

A, B = PacStanding("a"), PacStanding("b")


@pytest.mark.parametrize(
    ("standings", "held_by", "passed_over", "chosen"),
    [
        ([A, B], "", (), "a"),
        ([A, B], "", ("a",), "b"),
        ([A, B], "", ("a", "b"), None),
        ([PacStanding("a", resting=True), B], "", (), "b"),
        ([PacStanding("a", stamps_left=0), B], "", (), "b"),
        ([PacStanding("a", stamps_left=0), PacStanding("b", resting=True)], "", (), "a"),
        ([PacStanding("a", resting=True), PacStanding("b", resting=True)], "", (), "a"),
        ([PacStanding("a", stamps_left=0), PacStanding("b", stamps_left=0)], "", (), "a"),
        ([PacStanding("a", resting=True, stamps_left=0), B], "a", (), "a"),
        ([A, B], "b", ("b",), "b"),
        ([A], "b", (), None),
        ([], "", (), None),
        ([A, B], ANY, (), ANY),
        ([B], ANY, (), "b"),
    ],
)
def test_who_may_have_it_is_asked_and_otherwise_the_first_that_can(
    standings: list[PacStanding], held_by: str, passed_over: tuple[str, ...], chosen: str | None
) -> None:
    assert choose_pac(standings, held=held_by, passed_over=passed_over) == chosen


# ------------------------------------------------------------ the first surely did not


@pytest.mark.parametrize("kind", ["503", "429", "no_credits", "expired_token"])
def test_what_the_first_surely_did_not_process_the_second_stamps_at_once(two_pacs: Any, kind: str) -> None:
    fault(two_pacs.pac, kind)
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    assert stamped_at(two_pacs, invoice) == FINKOK
    assert held(two_pacs) == FINKOK
    assert two_pacs.scoped(lambda: Promise.objects.open().count()) == 0


def test_a_first_pac_that_is_not_there_is_no_reason_to_wait(two_pacs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.servers import PacServer

    real = two_pacs.pac
    two_pacs.pac = PacServer("http://127.0.0.1:9")
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    two_pacs.pac = real
    assert stamped_at(two_pacs, invoice) == FINKOK


def test_while_all_are_away_nobody_has_it_and_the_first_that_returns_stamps_it(two_pacs: Any) -> None:
    fault(two_pacs.pac, "503", retry_after=1)
    fault(two_pacs.second, "429", retry_after=1)
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    assert two_pacs.invoice(invoice).state == State.SEALED
    assert held(two_pacs) == ""
    mended(two_pacs.second)
    settled(two_pacs, 1)
    assert stamped_at(two_pacs, invoice) == FINKOK


def test_the_shortest_wait_of_all_is_the_one_that_counts_and_a_lack_of_credits_is_told(two_pacs: Any) -> None:
    fault(two_pacs.pac, "no_credits")
    fault(two_pacs.second, "503", retry_after=600)
    two_pacs.claim(two_pacs.sale())
    asked = two_pacs.now()
    two_pacs.settle()
    (promise,) = two_pacs.scoped(lambda: list(Promise.objects.failing()))
    assert promise.alarm == "credits"
    assert promise.next_try_at - asked < timedelta(minutes=1)
    assert "timbres" in promise.last_error
    assert "saturado" in promise.last_error


def test_a_refusal_is_a_refusal_and_nobody_else_is_asked(two_pacs: Any) -> None:
    two_pacs.pac.admin("lists", {"not_in_lco": [_rfc(two_pacs)]}, method="PUT")
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    assert two_pacs.invoice(invoice).state == State.REFUSED
    assert where(two_pacs) == (0, 0)
    assert held(two_pacs) == ""


def _rfc(world: Any) -> str:
    from amate.companies.models import Emisor

    return str(world.scoped(lambda: Emisor.objects.get().rfc))


# ------------------------------------------------------------ the first may have it

NOBODY_KNOWS = [
    "hang_after",
    "drop_before",
    "drop_after",
    "truncated",
    "500_before",
    "500_after",
    "html_200",
    "other_tfd",
]


@pytest.mark.parametrize("kind", NOBODY_KNOWS)
def test_a_document_whose_answer_was_lost_waits_for_its_pac(two_pacs: Any, kind: str) -> None:
    fault(two_pacs.pac, kind, count=1)
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    assert (two_pacs.invoice(invoice).state, held(two_pacs)) == (State.UNKNOWN, SW)
    fault(two_pacs.pac, "503", retry_after=1)  # away for hours: the second one is there all the time
    settled(two_pacs, 1, 6, 16, 120)
    assert where(two_pacs)[1] == 0
    mended(two_pacs.pac)
    settled(two_pacs, 20)
    assert stamped_at(two_pacs, invoice) == SW


def test_after_71_hours_a_person_decides_and_no_other_pac_was_asked(two_pacs: Any) -> None:
    from amate.invoices.stamp import seal_anew

    fault(two_pacs.pac, "500_before")
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    two_pacs.time_passes(hours=72)
    two_pacs.settle()
    (promise,) = two_pacs.scoped(lambda: list(Promise.objects.given_up()))
    assert "71 horas" in promise.last_error
    assert where(two_pacs) == (0, 0)
    two_pacs.pac.reset()
    fault(two_pacs.pac, "503")
    two_pacs.scoped(lambda: seal_anew(invoice_id=invoice.pk, now=two_pacs.now()))
    two_pacs.settle()
    assert stamped_at(two_pacs, invoice) == FINKOK  # its new bytes are nobody's


def test_a_pac_that_is_configured_no_more_still_holds_what_it_may_have(two_pacs: Any) -> None:
    fault(two_pacs.pac, "drop_after", count=1)
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    two_pacs.order = (FINKOK,)
    settled(two_pacs, 1, 16)
    assert where(two_pacs) == (1, 0)
    (promise,) = two_pacs.scoped(lambda: list(Promise.objects.failing()))
    assert "sw_sapien" in promise.last_error
    two_pacs.order = (SW, FINKOK)
    settled(two_pacs, 20)
    assert stamped_at(two_pacs, invoice) == SW


# ------------------------------------------------------------ a PAC that can be asked


def test_a_pac_that_never_saw_it_lets_it_go_to_the_next(two_pacs: Any) -> None:
    """Finkok's own answer, and only long after its last call: then the document is free (C9)."""
    two_pacs.order = (FINKOK, SW)
    fault(two_pacs.second, "drop_before", count=1)
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    assert (two_pacs.invoice(invoice).state, held(two_pacs)) == (State.UNKNOWN, FINKOK)
    two_pacs.second.admin("credits", {"left": 0}, method="PUT")
    settled(two_pacs, 1)
    assert where(two_pacs) == (0, 0)  # too early to believe it
    settled(two_pacs, 16)
    assert stamped_at(two_pacs, invoice) == SW
    assert not two_pacs.invoice(invoice).ever_ambiguous


def test_a_pac_that_forgets_for_a_while_what_it_stamped_is_not_believed(two_pacs: Any) -> None:
    """Finkok's lag: for some seconds `stamped` says that it never saw what it has just stamped."""
    two_pacs.order = (FINKOK, SW)
    fault(two_pacs.second, "drop_after", count=1)
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    fault(two_pacs.second, "forgets")
    two_pacs.second.admin("credits", {"left": 0}, method="PUT")
    settled(two_pacs, 1)
    assert where(two_pacs) == (0, 1)
    mended(two_pacs.second)
    settled(two_pacs, 16)
    assert stamped_at(two_pacs, invoice) == FINKOK


@pytest.mark.parametrize("order", [(SW, FINKOK), (FINKOK, SW)])
@pytest.mark.parametrize("old", [SW, FINKOK, ""])
def test_a_restored_document_is_found_wherever_the_old_installation_stamped_it(
    two_pacs: Any, order: tuple[str, ...], old: str
) -> None:
    for pac in (two_pacs.pac, two_pacs.second):
        fault(pac, "503", retry_after=1)
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    for pac in (two_pacs.pac, two_pacs.second):
        mended(pac)
    if old:
        _stamp_behind_its_back(two_pacs, old)
    two_pacs.scoped(lambda: ask_for_what_was_sealed(now=two_pacs.now()))
    assert (two_pacs.invoice(invoice).state, held(two_pacs)) == (State.UNKNOWN, ANY)
    two_pacs.order = order
    settled(two_pacs, 16, 16)
    found = stamped_at(two_pacs, invoice)
    assert found == old or not old


def test_a_restored_document_waits_while_one_who_may_have_it_is_silent(two_pacs: Any) -> None:
    for pac in (two_pacs.pac, two_pacs.second):
        fault(pac, "503", retry_after=1)
    invoice = two_pacs.claim(two_pacs.sale())
    two_pacs.settle()
    mended(two_pacs.pac)
    two_pacs.scoped(lambda: ask_for_what_was_sealed(now=two_pacs.now()))
    settled(two_pacs, 16, 16)
    assert two_pacs.invoice(invoice).state == State.UNKNOWN
    assert where(two_pacs) == (0, 0)


def _stamp_behind_its_back(world: Any, code: str) -> None:
    """What the old installation did after the backup was made."""
    import asyncio

    sealing = world.scoped(lambda: Sealing.objects.get())

    async def call() -> None:
        plugs = world.plugs()
        try:
            await plugs.pac_of(code).stamp(bytes(sealing.xml), key=sealing.key)
        finally:
            await plugs.aclose()

    world.inside(lambda: asyncio.run(call()))


# ------------------------------------------------------------ killed between


@pytest.mark.parametrize("point", BETWEEN_PACS)
def test_a_worker_killed_between_two_pacs_leaves_one_cfdi(two_pacs: Any, point: str) -> None:
    fault(two_pacs.pac, "503", retry_after=1)
    invoice = two_pacs.claim(two_pacs.sale())
    second = {
        "AMATE_PAC_2": FINKOK,
        "AMATE_PAC_2_URL": two_pacs.second.url,
        "AMATE_PAC_2_USER": two_pacs.minted.user,
        "AMATE_PAC_2_PASSWORD": two_pacs.minted.password,
        "AMATE_PAC_2_CERTIFICATES": str(two_pacs.minted.pac_certificate.parent),
    }
    with worker_process(two_pacs, point, **second) as worker:
        assert dies_by_its_own_hand(worker)
    mended(two_pacs.pac)
    two_pacs.inside(lambda: rescue(dead_after=timedelta()))
    settled(two_pacs, 16, 16)
    # Where the first PAC's "no" was not yet written, nobody but the first may be asked.
    expected = SW if point in ("away_not_recorded", "moved_not_committed") else FINKOK
    assert stamped_at(two_pacs, invoice) == expected


# ------------------------------------------------------------ the SAT itself is away


def test_while_the_sats_own_service_is_away_a_pac_that_asks_it_tells(two_pacs: Any) -> None:
    """Here the first simulator only plays the SAT's service: the document and its cancellation are Finkok's."""
    two_pacs.order = (FINKOK,)
    invoice = issued(two_pacs, "116.00")
    fault(two_pacs.pac, "503", on="status")
    fault(two_pacs.second, "503", on="relay")
    cancel(two_pacs, invoice)
    two_pacs.settle()
    minutes_pass(two_pacs)
    assert two_pacs.invoice(invoice).state == State.CANCEL_REQUESTED, "nobody knows how it stands"
    mended(two_pacs.second)
    settled(two_pacs, 60, 60)
    found = two_pacs.invoice(invoice)
    assert (found.state, found.cancelled_how) == (State.CANCELLED, "without")
