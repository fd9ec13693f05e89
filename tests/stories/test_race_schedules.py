"""One note and everybody who may want it at the same instant, in orders drawn from seeds (DECISIONS C6).

`make races` lives a thousand of them; AMATE_RACE_SEEDS says how many, AMATE_RACE_FROM with which it begins, so that one
seed is lived again alone.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from psycopg import sql

from amate.promises import step as steps
from amate.sandbox.pac.state import MemoryStore
from amate.self_invoicing import claim as claiming
from amate.self_invoicing.models import Ticket
from amate.tenancy.compiled import Arg, Compiled
from tests import database
from tests.servers import serve_pac
from tests.stories.interleaved import Beside, Hands
from tests.stories.note_races import DIVIDING, MOST, WORKERS, Lived, Races, ends
from tests.stories.processes import house_of

SEEDS = int(os.environ.get("AMATE_RACE_SEEDS", "24"))
FROM = int(os.environ.get("AMATE_RACE_FROM", "0"))
A_WORLD = 50  # seeds: the clock goes on with each, and a world is to end in the month it began
# Lived each time. 382: a cancellation asked for between a refund's look at its document and that document's lock.
FOUND = (382,)
FOUND_WITHIN = 40
KEY_OF_CLAIMS = "one_live_claim_a_ticket"
ALL = MOST + 1 + len(DIVIDING) + WORKERS


@pytest.fixture(autouse=True)
def _a_step_stops_at_the_seams_of_its_schedule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_pool", Beside())


@pytest.fixture
def hands(database_name: str, django_db_blocker: Any) -> Iterator[Hands]:
    with django_db_blocker.unblock():
        made = Hands(ALL)
        yield made
        made.go_home()


@contextmanager
def races_in_a_world(minted: Any, mail: Any, name: str, hands: Hands) -> Iterator[Races]:
    store = MemoryStore()
    with (
        serve_pac(minted, store) as pac,
        house_of(minted, pac, mail, name) as world,
        database.as_owner(name) as looks,
    ):
        races = Races(world, store, hands, looks)
        try:
            yield races
        finally:
            races.close(ALL)


def lived_seeds(seeds: range, minted: Any, mail: Any, name: str, hands: Hands) -> list[Lived]:
    found: list[Lived] = []
    for first in range(seeds.start, seeds.stop, A_WORLD):
        with races_in_a_world(minted, mail, name, hands) as races:
            for seed in range(first, min(first + A_WORLD, seeds.stop)):
                found.append(races.live(seed))
                if found[-1].wrong:
                    print(found[-1])
    return found


@pytest.mark.parametrize("seed", FOUND)
def test_a_seed_that_once_found_a_fault_finds_none(
    minted: Any, mail_server: Any, database_name: str, hands: Hands, seed: int
) -> None:
    (one,) = lived_seeds(range(seed, seed + 1), minted, mail_server, database_name, hands)
    assert one.wrong == []


@pytest.mark.timeout(120 + 5 * SEEDS)
def test_whoever_comes_when_a_note_has_one_document_and_the_sat_holds_what_was_sold(
    minted: Any, mail_server: Any, database_name: str, hands: Hands
) -> None:
    lived = lived_seeds(range(FROM, FROM + SEEDS), minted, mail_server, database_name, hands)
    names = {one.schedule.name for one in lived}
    turns, waits = sum(one.schedule.turns for one in lived), sum(one.schedule.waits for one in lived)
    print(f"\n{len(lived)} schedules, {len(names)} distinct interleavings, {turns} turns, {waits} waits for a lock")
    for end, times in sorted(ends(lived).items()):
        print(f"  {times:5}  {end}")
    wrong = [str(one) for one in lived if one.wrong]
    assert not wrong, "\n".join(wrong)
    assert len(names) > 0.9 * len(lived)
    assert waits, "nobody ever stood before another's lock: nothing raced"


def test_a_seed_makes_the_same_order_again(minted: Any, mail_server: Any, database_name: str, hands: Hands) -> None:
    with races_in_a_world(minted, mail_server, database_name, hands) as races:
        first, again = ([races.live(seed) for seed in range(4)] for _ in range(2))
    for one, other in zip(first, again, strict=True):
        assert one.schedule.trace == other.schedule.trace
        assert one.answers == other.answers


@contextmanager
def without_the_key_of_claims(name: str) -> Iterator[None]:
    """The database would let two documents have one note."""
    with database.as_owner(name) as c:
        asked = c.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [KEY_OF_CLAIMS])
        [(definition,)] = asked.fetchall()
        c.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(KEY_OF_CLAIMS)))
    try:
        yield
    finally:
        with database.as_owner(name) as c:
            c.execute(definition)


def found_in(sought: str, only: tuple[str, ...], minted: Any, mail: Any, name: str, hands: Hands) -> bool:
    """Whether soon a seed meets the planted fault and says so."""
    with races_in_a_world(minted, mail, name, hands) as races:
        return any(sought in "; ".join(races.live(seed, only=only).wrong) for seed in range(FOUND_WITHIN))


def test_buyers_who_skip_the_lock_are_found(
    minted: Any, mail_server: Any, database_name: str, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its key the database lets one of them through and the other meets a page that fails; without it, both have it."""
    unlocked = Compiled(lambda: Ticket.objects.select_related("branch").filter(id=Arg("id")))
    monkeypatch.setattr(claiming, "_LOCKED", unlocked)
    buyers = ("buyer", "other_buyer", "counter")
    assert found_in(KEY_OF_CLAIMS, buyers, minted, mail_server, database_name, hands)
    with without_the_key_of_claims(database_name):
        assert found_in("documents hold the note", buyers, minted, mail_server, database_name, hands)


def test_who_divides_a_note_without_its_lock_is_found(
    minted: Any, mail_server: Any, database_name: str, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ticket, "locked", classmethod(lambda of, pk: of.objects.get(pk=pk)))
    assert found_in("a divided note is nobody's", ("buyer", "split"), minted, mail_server, database_name, hands)


def test_who_gives_back_or_undoes_a_sale_without_its_lock_is_found(
    minted: Any, mail_server: Any, database_name: str, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ticket, "locked", classmethod(lambda of, pk: of.objects.get(pk=pk)))
    back = ("buyer", "refund", "refund_all", "void")
    assert found_in("the SAT holds", back, minted, mail_server, database_name, hands)
