"""What is so of whichever PAC: a no is a no with its code, and what was surely not processed says when or who."""

import socket
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from amate.adapters.pac import PacError, PacRejected, PacUnavailable
from amate.sandbox.mint import World
from tests.adapters import test_finkok, test_sw_sapien
from tests.sandbox.documents import draft, open_pair, seal_tree, sealed
from tests.sandbox.serving import Simulator

Failure = Callable[[Simulator, bytes], PacError]


@pytest.fixture(params=[test_sw_sapien, test_finkok], ids=["sw_sapien", "finkok"])
def failure(request: pytest.FixtureRequest) -> Any:
    """Of one document at one PAC."""
    return request.param.failure


def test_a_rule_of_the_matrix_answers_its_code(
    failure: Failure, simulator: Simulator, minted: World, now: datetime
) -> None:
    root = draft(now=now)
    root.set("Total", "999.00")
    no = failure(simulator, seal_tree(root, open_pair(minted.csds["moral"])))
    assert isinstance(no, PacRejected)
    assert no.code == "CFDI40119"


@pytest.mark.parametrize("fault", ["429", "503"])
def test_a_busy_pac_says_when_to_come_back(
    failure: Failure, simulator: Simulator, minted: World, now: datetime, fault: str
) -> None:
    simulator.fault(fault, retry_after=17)
    busy = failure(simulator, sealed(minted, now=now))
    assert isinstance(busy, PacUnavailable)
    assert (busy.cause, busy.retry_after, busy.needs_staff) == ("busy", 17.0, False)


def test_a_pac_that_is_not_there_was_certainly_not_asked(failure: Failure, minted: World, now: datetime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    down = failure(Simulator(url, minted), sealed(minted, now=now))
    assert isinstance(down, PacUnavailable)
    assert down.cause == "network"


@pytest.mark.parametrize("how", ["fault", "empty account"])
def test_an_empty_account_needs_staff(
    failure: Failure, simulator: Simulator, minted: World, now: datetime, how: str
) -> None:
    if how == "fault":
        simulator.fault("no_credits")
    else:
        simulator.admin("PUT", "credits", {"left": 0})
    empty = failure(simulator, sealed(minted, now=now))
    assert isinstance(empty, PacUnavailable)
    assert (empty.cause, empty.needs_staff) == ("credits", True)
