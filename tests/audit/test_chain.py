"""Entries are chained once, in the order of chaining, by one worker at a time."""

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connections

from amate.audit.chain import GENESIS, chain, link, unchained_companies
from amate.audit.models import ActorKind, ChainHead, Entry
from amate.audit.record import Actor, acting, record
from amate.audit.verify import verify
from amate.tenancy.scope import company_scope
from amate.worker.clock import _chain


def note(world: Any, *abouts: str, shop: Any = None) -> None:
    world.scoped(lambda: [record("ticket.locked", about=about, now=world.now()) for about in abouts], shop)


def chained(world: Any) -> list[tuple[int, str]]:
    def look() -> list[tuple[Any, str]]:
        return list(Entry.objects.filter(seq__gt=0).order_by("seq").values_list("seq", "about"))

    return list(world.scoped(look))


def test_each_entry_is_tied_to_the_one_before(world: Any) -> None:
    note(world, "a", "b", "c")
    assert world.scoped(lambda: chain(now=world.now())) == 3
    assert chained(world) == [(1, "a"), (2, "b"), (3, "c")]

    def walk() -> bytes:
        previous = GENESIS
        for number, entry in enumerate(Entry.objects.order_by("seq"), start=1):
            previous = link(entry, seq=number, previous=previous)
            assert bytes(entry.digest or b"") == previous
        return previous

    assert world.scoped(walk) == world.scoped(lambda: bytes(ChainHead.objects.get().digest))


def test_the_digest_is_the_one_that_is_written_down() -> None:
    """The form of a link never changes: what was chained years ago must still verify."""
    from datetime import UTC, datetime

    entry = Entry(
        pk=7,
        company_id=3,
        at=datetime(2026, 11, 21, 18, 30, tzinfo=UTC),
        actor_kind="person",
        actor="ana@example.com",
        request_id="r-1",
        act="ticket.locked",
        family="ticket",
        about="ticket:12",
        detail={"reason": "devolución", "count": 2},
    )
    said = (
        '{"about":"ticket:12","act":"ticket.locked","actor":"ana@example.com","actor_kind":"person",'
        '"at":"2026-11-21T18:30:00.000000+00:00","company":3,"detail":{"count":2,"reason":"devolución"},'
        '"family":"ticket","id":7,"request_id":"r-1","seq":1}'
    )
    from hashlib import sha256

    assert link(entry, seq=1, previous=GENESIS) == sha256(bytes(32) + said.encode()).digest()


def test_it_goes_on_where_it_stopped_and_does_nothing_twice(world: Any) -> None:
    note(world, "a", "b", "c")
    assert [world.scoped(lambda: chain(now=world.now(), at_once=2)) for _ in range(3)] == [2, 1, 0]
    note(world, "d")
    assert world.scoped(lambda: chain(now=world.now())) == 1
    assert [seq for seq, _ in chained(world)] == [1, 2, 3, 4]
    assert world.scoped(verify).broken is None


def test_an_entry_that_committed_late_is_chained_after_younger_ones(world: Any) -> None:
    """Its id was taken before; the order of the chain is the order of chaining."""
    started, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with company_scope(world.shop.company.pk):
            record("ticket.locked", about="slow", now=world.now())
            started.set()
            assert go_on.wait(20)
        connections.close_all()

    thread = threading.Thread(target=slow)
    thread.start()
    assert started.wait(20)
    note(world, "fast")
    assert world.scoped(lambda: chain(now=world.now())) == 1
    go_on.set()
    thread.join(20)
    assert world.scoped(lambda: chain(now=world.now())) == 1
    assert chained(world) == [(1, "fast"), (2, "slow")]
    by_id = world.scoped(lambda: list(Entry.objects.order_by("id").values_list("about", flat=True)))
    assert by_id == ["slow", "fast"]
    assert world.scoped(verify).broken is None


def test_two_workers_at_once_make_one_chain(world: Any) -> None:
    note(world, *[f"n{number}" for number in range(200)])
    company_id, made = world.shop.company.pk, []

    def work() -> None:
        try:
            # Whoever finds another at it goes away with nothing, and comes again until all is chained.
            left = True
            while left:
                with company_scope(company_id):
                    made.append(chain(now=world.now(), at_once=7))
                    left = Entry.objects.filter(seq=None).exists()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert sum(made) == 200
    assert [seq for seq, _ in chained(world)] == list(range(1, 201))
    found = world.scoped(verify)
    assert (found.chained, found.tail, found.broken) == (200, 0, None)


def test_while_one_worker_chains_the_other_does_not_wait(world: Any) -> None:
    note(world, "a")
    holding, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with company_scope(world.shop.company.pk):
            chain(now=world.now())
            holding.set()
            assert go_on.wait(20)
        connections.close_all()

    world.scoped(lambda: chain(now=world.now()))
    note(world, "b")
    thread = threading.Thread(target=hold)
    thread.start()
    assert holding.wait(20)
    assert world.scoped(lambda: chain(now=world.now())) == 0
    go_on.set()
    thread.join(20)
    assert [about for _, about in chained(world)] == ["a", "b"]


def test_the_beat_chains_every_company_that_has_something_loose(world: Any) -> None:
    note(world, "a")
    note(world, "b", shop=world.other)
    assert sorted(world.inside(unchained_companies)) == sorted([world.shop.company.pk, world.other.company.pk])
    world.inside(lambda: _chain(world.now()))
    assert world.inside(unchained_companies) == []
    assert world.scoped(verify).chained == world.scoped(verify, world.other).chained == 1


def test_chains_of_two_companies_do_not_touch(world: Any) -> None:
    note(world, "a")
    note(world, "a", shop=world.other)
    world.inside(lambda: _chain(world.now()))
    heads = {shop.slug: world.scoped(verify, shop).head for shop in (world.shop, world.other)}
    assert len(set(heads.values())) == 2


@pytest.mark.parametrize("what", ["unlink", "head back", "head away"])
def test_the_application_cannot_undo_a_link(world: Any, what: str) -> None:
    note(world, "a")
    world.scoped(lambda: chain(now=world.now()))
    acts = {
        "unlink": lambda: Entry.objects.update(seq=None, digest=None),
        "head back": lambda: ChainHead.objects.update(seq=0),
        "head away": lambda: ChainHead.objects.all().delete(),
    }
    with pytest.raises(IntegrityError, match=r"never changed|only goes on"):
        world.scoped(acts[what])


def test_the_family_is_what_stands_before_the_dot(world: Any) -> None:
    with acting(Actor(ActorKind.SYSTEM)):
        note(world, "a")
    assert world.scoped(lambda: Entry.objects.get().family) == "ticket"
