"""A business's own system is told what happens: in order, signed, none lost while it is away, and again when it asks."""

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from amate.customers.add import add_customer
from amate.customers.models import Customer
from amate.hooks.keep_hook import BadHook, Said, add_hook, change_hook, new_hook_key, replay_hook, stop_hook
from amate.hooks.kinds import KINDS
from amate.hooks.models import Event, Hook
from amate.hooks.tell_hooks import KEPT, companies_told, forget_events, give_places
from amate.promises.models import Promise
from amate.worker.hooks import hooks
from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.outside_servers import serving
from tests.self_invoicing.test_refund import sold
from tests.web.office import desk
from tests.world import Shop, World


@dataclass
class Erp:
    """It keeps what it is told, and answers as it is told to."""

    url: str = ""
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    async def hear(self, request: Request) -> Response:
        status, headers = self.answers.pop(0) if self.answers else (204, {})
        if 200 <= status < 300:
            self.heard.append((dict(request.headers), await request.body()))
        return Response(status_code=status, headers=headers)

    @property
    def said(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.heard]

    @property
    def kinds(self) -> list[str]:
        return [one["type"] for one in self.said]


@pytest.fixture
def erp(settings: Any) -> Iterator[Erp]:
    settings.PRIVATE_SWITCH_HOSTS = ["127.0.0.1"]
    made = Erp()
    with serving(Starlette(routes=[Route("/avisos", made.hear, methods=["POST"])])) as url:
        made.url = f"{url}/avisos"
        yield made


def keep(world: World, erp: Erp, *kinds: str, shop: Shop | None = None, wish: str = "b" * 32) -> tuple[Hook, str]:
    said = Said("ERP", erp.url, kinds or tuple(KINDS))
    return world.scoped(lambda: add_hook(said=said, wish=wish, now=world.now()), shop)


def comes(world: World, name: str) -> Customer:
    return world.scoped(lambda: add_customer(nombre=name, receptor=None, correo="", now=world.now()))


def turn(world: World) -> None:
    world.inside(lambda: hooks(world.now()))
    world.settle()


def again(hook: Hook) -> Hook:
    return Hook.objects.get(pk=hook.pk)


def test_what_happens_is_told_once_in_order_and_signed(world: World, erp: Erp) -> None:
    comes(world, "Antes")
    hook, key = keep(world, erp)
    wheel = Wheel(world)
    rosa = comes(world, "Rosa")
    today = world.scoped(world.today)
    wheel.subscribe(rosa, wheel.plan(), today.isoformat())
    body = {"customer_number": rosa.number, "amount": "5.00", "forma_pago": "01"}
    assert world.api("PUT", "/payments/caja/7", body).status_code == 201
    assert world.api("POST", "/payments/caja/7/reverse", {"why": "cancelled", "reason": "x"}).status_code == 200
    invoice = desk.stamped(world)
    note = sold(world)
    there = f"/tickets/{note.source}/{note.external_id}/refunds/D-1"
    assert world.api("PUT", there, {"reason": "x", "importe": "1.00"}).status_code == 201
    for _ in range(2):  # the beat doubled
        turn(world)
    told = dict(zip(erp.kinds, erp.said, strict=True))
    assert set(told) == set(KINDS) - {"invoice.cancelled", "service.changed"}
    assert [one["seq"] for one in erp.said] == sorted({one["seq"] for one in erp.said})
    names = [one["data"]["nombre"] for one in erp.said if one["type"] == "customer.changed"]
    assert names[0] == "Rosa", "what was before the hook is not told"
    assert told["payment.received"]["data"]["external_id"] == "7"
    assert told["payment.reversed"]["data"]["reversed_as"] == "cancelled"
    assert told["invoice.stamped"]["data"]["uuid"] == str(invoice.uuid).upper()
    assert told["invoice.stamped"]["data"]["tickets"][0]["source"]
    assert told["invoice.stamped"]["data"]["origin"] == "portal"
    assert told["refund.registered"]["data"] == {
        "source": note.source, "external_id": note.external_id, "refund_id": "D-1", "total": "1.00",
    }  # fmt: skip
    for headers, said in erp.heard:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + said
        secret = base64.b64decode(key.removeprefix("whsec_"))
        made = base64.b64encode(hmac.new(secret, signed, sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{made}"
    assert len({headers["webhook-id"] for headers, _ in erp.heard}) == len(erp.heard)
    assert world.scoped(lambda: (again(hook).said, again(hook).told_at is not None)) == ("", True)


def test_who_is_away_misses_nothing_and_nothing_overtakes(world: World, erp: Erp) -> None:
    hook, _ = keep(world, erp, "customer.changed")
    erp.answers = [(500, {}), (503, {"Retry-After": "20"})]
    for name in ("Ana", "Luis"):
        comes(world, name)
    turn(world)
    assert erp.heard == []
    assert "HTTP 500" in world.scoped(lambda: again(hook).said)
    owed = world.scoped(lambda: Promise.objects.get(kind="tell_hook", done_at=None))
    assert owed.attempts == 1
    comes(world, "Eva")
    for seconds in (10, 600):
        world.time_passes(seconds=seconds)
        turn(world)
    assert [one["data"]["nombre"] for one in erp.said] == ["Ana", "Luis", "Eva"]
    assert world.scoped(lambda: again(hook).said) == ""


def test_who_wants_no_more_is_told_no_more_until_a_person_says_so(world: World, erp: Erp) -> None:
    hook, _ = keep(world, erp, "customer.changed")
    erp.answers = [(410, {})]
    comes(world, "Ana")
    turn(world)
    stopped = world.scoped(lambda: again(hook))
    assert (stopped.stopped_at is not None, "410" in stopped.stopped_because) == (True, True)
    assert world.scoped(lambda: Promise.objects.filter(kind="tell_hook", done_at=None).count()) == 0
    comes(world, "Luis")
    turn(world)
    assert erp.heard == []
    said = Said("ERP", erp.url, ["customer.changed"])
    world.scoped(lambda: change_hook(hook_id=hook.pk, said=said, now=world.now()))
    comes(world, "Eva")
    turn(world)
    assert [one["data"]["nombre"] for one in erp.said] == ["Ana", "Eva"], "what happened while it was off is not noted"


def test_a_redirect_is_no_yes(world: World, erp: Erp) -> None:
    keep(world, erp, "customer.changed")
    erp.answers = [(302, {"Location": "https://example.com/"})]
    comes(world, "Ana")
    turn(world)
    assert erp.heard == []


def test_it_is_told_again_from_a_day_with_the_same_numbers(world: World, erp: Erp) -> None:
    hook, _ = keep(world, erp, "customer.changed")
    for name in ("Ana", "Luis"):
        comes(world, name)
    turn(world)
    first = list(erp.heard)
    today = world.scoped(world.today)
    many = world.scoped(lambda: replay_hook(hook_id=hook.pk, since=today - timedelta(days=1), now=world.now()))
    assert many == 2
    turn(world)
    assert [headers["webhook-id"] for headers, _ in erp.heard] == [headers["webhook-id"] for headers, _ in first] * 2
    nothing = world.scoped(lambda: replay_hook(hook_id=hook.pk, since=today + timedelta(days=2), now=world.now()))
    assert nothing == 0
    world.scoped(lambda: stop_hook(hook_id=hook.pk, now=world.now()))
    with pytest.raises(BadHook, match="apagado"):
        world.scoped(lambda: replay_hook(hook_id=hook.pk, since=today, now=world.now()))


def test_while_the_key_changes_both_sign(world: World, erp: Erp) -> None:
    hook, old = keep(world, erp, "customer.changed")
    new = world.scoped(lambda: new_hook_key(hook_id=hook.pk, wish="c" * 32, now=world.now()))
    assert new != old
    assert world.scoped(lambda: new_hook_key(hook_id=hook.pk, wish="c" * 32, now=world.now())) == new
    comes(world, "Ana")
    turn(world)
    [(headers, _)] = erp.heard
    assert len(headers["webhook-signature"].split()) == 2


def test_of_whom_nobody_is_told_nothing_is_noted_and_companies_stay_apart(world: World, erp: Erp) -> None:
    assert world.inside(companies_told) == []
    comes(world, "Ana")
    world.scoped(lambda: add_customer(nombre="Otra", receptor=None, correo="", now=world.now()), world.other)
    assert world.scoped(Event.objects.count) == 0
    keep(world, erp, "customer.changed", shop=world.other)
    comes(world, "Luis")
    world.scoped(lambda: add_customer(nombre="Suya", receptor=None, correo="", now=world.now()), world.other)
    turn(world)
    assert [one["data"]["nombre"] for one in erp.said] == ["Suya"]
    assert world.scoped(Event.objects.count) == 0
    assert world.inside(companies_told) == [world.other.company.pk]


def test_what_was_committed_late_is_told_after_and_not_passed_over(world: World, erp: Erp) -> None:
    keep(world, erp, "customer.changed")
    for name in ("Ana", "Luis"):
        comes(world, name)

    def hide_the_first() -> int:
        first, _ = Event.objects.order_by("id")
        Event.objects.filter(pk=first.pk).update(seq=0)  # as if its transaction were open still
        give_places(now=world.now())
        Event.objects.filter(pk=first.pk).update(seq=None)
        return give_places(now=world.now())

    assert world.scoped(hide_the_first) == 1
    turn(world)
    assert [one["data"]["nombre"] for one in erp.said] == ["Luis", "Ana"]


def test_after_a_month_nothing_is_kept(world: World, erp: Erp) -> None:
    keep(world, erp)
    comes(world, "Ana")
    assert world.scoped(lambda: forget_events(now=world.now())) == 0
    assert world.scoped(lambda: forget_events(now=world.now() + KEPT + timedelta(days=1))) == 1


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://erp.example/x", "https"),
        ("https://erp.example:22/x", "puerto"),
        ("https://ana:x@erp.example/", "arroba"),
        ("nada", "dirección"),
    ],
)
def test_an_address_that_may_not_be_is_refused(world: World, url: str, why: str) -> None:
    said = Said("ERP", url, ["customer.changed"])
    with pytest.raises(BadHook, match=why):
        world.scoped(lambda: add_hook(said=said, wish="d" * 32, now=world.now()))


def test_a_private_address_is_never_called(world: World, settings: Any) -> None:
    settings.PRIVATE_SWITCH_HOSTS = []
    said = Said("ERP", "https://localhost:8443/x", ["customer.changed"])
    hook, _ = world.scoped(lambda: add_hook(said=said, wish="e" * 32, now=world.now()))
    comes(world, "Ana")
    turn(world)
    assert "red privada" in world.scoped(lambda: again(hook).stopped_because)


def test_pressed_twice_it_is_one(world: World, erp: Erp) -> None:
    one, key = keep(world, erp)
    other, same = keep(world, erp)
    assert (one.pk, key) == (other.pk, same)
    with pytest.raises(BadHook, match="otro"):
        keep(world, erp, wish="f" * 32)
    with pytest.raises(BadHook, match="Elige"):
        world.scoped(lambda: add_hook(said=Said("Otro", erp.url, []), wish="f" * 32, now=world.now()))
