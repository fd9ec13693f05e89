"""As receiver: a request is answered once, however long the PAC's list lags; and whose answer it was is said as it is."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from amate.adapters.pac import AnswerReceipt, PacAmbiguous, PacUnavailable
from amate.invoices.answer_cancellation import (
    answer_cancellation,
    record_answer,
    record_answer_fault,
    record_pending,
)
from amate.invoices.models import ReceivedRequest

UUID_ASKED = UUID("0b6f2c1e-5a41-4d52-9d5e-000000000001")


def listed(world: Any, *uuids: UUID) -> int:
    """The PAC's list, as of now: how many are new."""
    return world.scoped(lambda: record_pending(uuids=list(uuids), now=world.now()))  # type: ignore[no-any-return]


def states(world: Any) -> list[str]:
    return world.scoped(  # type: ignore[no-any-return]
        lambda: list(ReceivedRequest.objects.order_by("pk").values_list("state", flat=True))
    )


def said(world: Any, *, accepts: bool = False) -> ReceivedRequest:
    """A person answered and the worker has it in hand."""

    def act() -> ReceivedRequest:
        request = ReceivedRequest.objects.get(state="pending")
        return answer_cancellation(request_id=request.pk, accepts=accepts, decided_by="ana", now=world.now())

    return world.scoped(act)  # type: ignore[no-any-return]


def told(world: Any, request: ReceivedRequest, code: str, *, again: bool = False) -> ReceivedRequest:
    receipt = AnswerReceipt(codes={request.uuid: code}, acuse=b"")

    def act() -> ReceivedRequest:
        record_answer(request_id=request.pk, receipt=receipt, again=again, now=world.now())
        return ReceivedRequest.objects.get(pk=request.pk)

    return world.scoped(act)  # type: ignore[no-any-return]


@pytest.fixture
def answered(world: Any) -> ReceivedRequest:
    assert listed(world, UUID_ASKED) == 1
    return told(world, said(world), "1000")


def test_what_was_answered_does_not_come_back_while_the_list_lags(world: Any, answered: ReceivedRequest) -> None:
    for _ in range(5):
        world.time_passes(hours=1)
        assert listed(world, UUID_ASKED) == 0
    assert states(world) == ["answered"]


def test_asked_again_after_a_list_without_it_it_is_new(world: Any, answered: ReceivedRequest) -> None:
    world.time_passes(hours=1)
    assert listed(world) == 0
    world.time_passes(hours=1)
    assert listed(world, UUID_ASKED) == 1
    assert listed(world, UUID_ASKED) == 0
    assert states(world) == ["answered", "pending"]
    told(world, said(world, accepts=True), "1000")
    assert listed(world, UUID_ASKED) == 0, "the second answer lags as the first one did"


def test_asked_again_between_two_looks_it_is_new_a_day_later(world: Any, answered: ReceivedRequest) -> None:
    """No list without it was seen, and none lags that long: its receiver has two working days left."""
    world.time_passes(hours=23)
    assert listed(world, UUID_ASKED) == 0
    world.time_passes(hours=2)
    assert listed(world, UUID_ASKED) == 1
    assert states(world) == ["answered", "pending"]


def test_another_one_is_not_hidden_by_it(world: Any, answered: ReceivedRequest) -> None:
    assert listed(world, UUID_ASKED, uuid4()) == 1


def test_an_answer_of_somebody_else_is_not_recorded_as_ours(world: Any) -> None:
    listed(world, UUID_ASKED)
    found = told(world, said(world, accepts=True), "1002")
    assert (found.state, found.code) == ("elsewhere", "1002")
    assert "no dice cuál" in found.answer
    assert listed(world, UUID_ASKED) == 0, "it has its answer"
    client = world.log_in()
    page = world.inside(lambda: client.get(f"{world.shop.office}solicitudes/")).content.decode()
    assert "quiso aceptarla" in page
    assert "· aceptada" not in page


def test_after_a_lost_answer_1002_is_most_likely_our_own(world: Any) -> None:
    listed(world, UUID_ASKED)
    found = told(world, said(world), "1002", again=True)
    assert (found.state, found.accepts) == ("answered", False)
    assert "lo más probable" in found.answer


@pytest.mark.parametrize(
    ("fault", "may_have_arrived"),
    [(PacAmbiguous("se cortó"), True), (PacUnavailable("network", "no contesta"), False)],
    ids=["lost", "away"],
)
def test_only_a_lost_answer_may_have_arrived(world: Any, fault: Any, may_have_arrived: bool) -> None:
    listed(world, UUID_ASKED)
    request = said(world)
    world.scoped(lambda: ReceivedRequest.objects.filter(pk=request.pk).update(sent_at=world.now()))
    world.scoped(lambda: record_answer_fault(request_id=request.pk, fault=fault, again=False, now=world.now()))
    found = world.scoped(lambda: ReceivedRequest.objects.get(pk=request.pk))
    assert (found.state, found.sent_at is not None) == ("answering", may_have_arrived)
