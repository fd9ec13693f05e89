"""`amate check-cfdi` over HTTP: the same answer, and nothing is kept."""

from typing import Any

import pytest

from amate.access.keys import make_api_key
from amate.fiscal.check import check_cfdi
from amate.invoices.models import Sealing, Stamp
from amate.web.api import validate
from tests.web.office import desk
from tests.world import World


def ask(world: World, xml: bytes, *, key: str = "", media: str = "application/xml", query: str = "") -> Any:
    headers = {"Authorization": f"Bearer {key or world.shop.api_key}"}
    return world.client.generic("POST", f"/api/v1/validate/cfdi{query}", xml, content_type=media, headers=headers)


def test_it_answers_what_the_command_answers_and_keeps_nothing(world: World) -> None:
    desk.stamped(world)
    xml = world.scoped(lambda: bytes(Stamp.objects.get().xml))
    kept = world.scoped(lambda: (Stamp.objects.count(), Sealing.objects.count()))
    good = ask(world, xml)
    assert (good.status_code, good.json()["valid"]) == (200, True)
    broken = xml.replace(b'Total="', b'Total="9', 1)
    said, report = ask(world, broken).json(), check_cfdi(broken)
    assert said["valid"] is report.valid is False
    assert [(one["code"], one["where"]) for one in said["findings"]] == [(f.code, f.where) for f in report.findings]
    assert any(one["source"] for one in said["findings"])
    assert world.scoped(lambda: (Stamp.objects.count(), Sealing.objects.count())) == kept


def test_filler_seals_are_passed_over_when_that_is_asked(world: World) -> None:
    desk.stamped(world)
    xml = world.scoped(lambda: bytes(Stamp.objects.get().xml)).replace(b' Sello="', b' Sello="AAAA', 1)
    assert not ask(world, xml).json()["valid"]
    codes = {one["code"] for one in ask(world, xml, query="?sellos=no").json()["findings"]}
    assert "302" not in codes


@pytest.mark.parametrize("body", [b" ", b"no es xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a/>"])
def test_what_is_no_cfdi_is_a_finding_and_no_fault(world: World, body: bytes) -> None:
    answer = ask(world, body)
    assert (answer.status_code, answer.json()["valid"]) == (200, False)


def test_its_limits_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(world, b"<a/>", media="application/json").status_code == 415
    assert ask(world, b"<a>" + b" " * 2_700_000 + b"</a>").status_code == 413
    till = world.scoped(
        lambda: make_api_key(company=world.shop.company, name="Caja", scopes=["tickets:write"], now=world.now())
    )
    assert ask(world, b"<a/>", key=till).status_code == 403
    with validate._ONE_AT_A_TIME:
        busy = ask(world, b"<a/>")
    assert (busy.status_code, busy["Retry-After"]) == (429, "5"), "many at once do not pass the count together"
    monkeypatch.setattr(validate, "OF_A_KEY", validate.Limit("validate-cfdi-once", 1, 60))
    assert ask(world, b"<a/>").status_code == 200
    answer = ask(world, b"<a/>")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
