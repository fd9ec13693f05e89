"""A sandbox company's clock: it moves alone, its work is due by it, every day on the way is lived through; a real one has none."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from amate.access.models import Role
from amate.audit.models import Entry
from amate.billing_cycle.subscriptions.models import BillingRun
from amate.companies.day import day_of
from amate.companies.jump_clock import NoJump, jump_clock
from amate.companies.models import Company, SandboxClock
from amate.promises.models import Promise
from amate.promises.promise import promise
from amate.sandbox.companies import SHOPS, hire, open_shop
from amate.worker.each_company import in_each_company
from amate.worker.sandbox_days import go_on
from tests.world import PASSWORD, Shop, World


@pytest.fixture
def tried(committed: str, minted: Any, pac_server: Any, mail_server: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The world, whose second company only tries things out."""
    pac_server.reset()
    mail_server.clear()
    world = World(minted=minted, pac=pac_server, mail=mail_server)
    monkeypatch.setattr("django.utils.timezone.now", world.now)

    def found() -> None:
        for shop, sandbox in zip(SHOPS, (False, True), strict=True):
            company, branch = open_shop(shop=shop, world=minted, now=world.now(), sandbox=sandbox)
            owner = hire(
                company=company, email=f"{shop.slug}@amate.example", password=PASSWORD, nombre="Ana", role=Role.OWNER
            )
            world.shops.append(Shop(company, branch, "", owner))

    world.inside(found)
    yield world
    world.close()


def jumps(world: World, days: int, shop: Shop | None = None) -> None:
    def act() -> None:
        today = day_of(world.now())
        jump_clock(to=today + timedelta(days=days), today=today, now=world.now())

    world.scoped(act, shop or world.other)


def arrives(world: World) -> int:
    """How many stops it took."""
    for stops in range(200):
        world.inside(lambda: go_on(world.now()))
        if world.scoped(lambda: SandboxClock.objects.get().going_to, world.other) is None:
            return stops + 1
        world.settle()
    raise AssertionError("it never arrives")


def test_it_lives_through_every_day_and_the_real_company_stays_where_it_is(tried: World) -> None:
    jumps(tried, 3)
    assert arrives(tried) > 9
    days = tried.scoped(lambda: list(BillingRun.objects.order_by("day").values_list("day", flat=True)), tried.other)
    ahead = tried.scoped(lambda: SandboxClock.objects.get().ahead, tried.other)
    today = tried.scoped(lambda: day_of(tried.now()), tried.other)
    assert days[-3:] == [today + timedelta(days=n) for n in (1, 2, 3)]
    assert timedelta(days=2) < ahead < timedelta(days=4)
    assert not tried.scoped(lambda: BillingRun.objects.exists())


def test_its_promises_are_due_by_its_own_clock(tried: World) -> None:
    later = tried.now() + timedelta(days=2)
    key = tried.scoped(
        lambda: promise("release", key="later", now=tried.now(), priority=1, at=later, invoice_id=0), tried.other
    )
    tried.settle()
    assert tried.scoped(lambda: Promise.objects.get(pk=key).attempts, tried.other) == 0
    jumps(tried, 4)
    arrives(tried)
    tried.settle()
    assert tried.scoped(lambda: Promise.objects.get(pk=key).attempts, tried.other) > 0


def test_a_beat_and_a_page_have_the_companys_time(tried: World) -> None:
    jumps(tried, 10)
    arrives(tried)
    heard = {}
    tried.inside(
        lambda: in_each_company(lambda then: heard.update({Company.objects.count(): then}), now=tried.now(), beat="x")
    )
    [then] = heard.values()
    assert then - tried.now() > timedelta(days=9)
    page = tried.log_in(tried.other).get(f"{tried.other.office}ajustes/reloj/").content.decode()
    assert f"{then.day} de " in page


def test_a_real_companys_clock_is_moved_by_nobody(tried: World) -> None:
    with pytest.raises(NoJump, match="es de verdad"):
        jumps(tried, 1, tried.shop)
    with pytest.raises(IntegrityError):
        tried.scoped(lambda: SandboxClock.objects.create(ahead=timedelta(days=1), moved_at=tried.now()))
    with pytest.raises(IntegrityError):
        tried.scoped(lambda: Company.objects.filter(pk=tried.shop.company.pk).update(sandbox=True))
    answer = tried.log_in().post(f"{tried.shop.office}ajustes/reloj/", {"to": "manana"})
    assert answer.status_code == 422


def test_the_office_sends_it_to_the_first_and_the_audit_says_so(tried: World) -> None:
    client = tried.log_in(tried.other)
    answer = client.post(f"{tried.other.office}ajustes/reloj/", {"to": "primero"}, follow=True)
    assert "En camino" in answer.content.decode()
    entry = tried.scoped(lambda: Entry.objects.get(act="clock.jumped"), tried.other)
    assert entry.detail["to"].endswith("-01")
    again = client.post(f"{tried.other.office}ajustes/reloj/", {"to": "manana"})
    assert "ya va en camino" in again.content.decode()
