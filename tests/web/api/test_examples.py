"""What the page for programs shows is run, line by line, as it stands there."""

import shlex
from datetime import date
from pathlib import Path

import pytest

from tests.billing_cycle.subscriptions.wheel import Wheel
from tests.world import World

PAGE = Path(__file__).parents[3] / "docs/program.md"


def calls() -> list[list[str]]:
    block = PAGE.read_text().split("```sh\n")[1].split("```")[0]
    return [shlex.split(line)[1:] for line in block.splitlines() if line.startswith("api ")]


def test_the_month_of_the_page_runs_as_it_is_written(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    Wheel(world).plan(price="599.00", fiscal_mode="aviso")
    said = calls()
    begins = date(2026, 12, 1)
    world.open()
    world.time_passes(days=(begins - world.today()).days)
    monkeypatch.setattr("django.utils.timezone.now", world.now)
    for place, (path, *how) in enumerate(said):
        method = how[how.index("-X") + 1] if "-X" in how else "GET"
        body = how[how.index("-d") + 1] if "-d" in how else ""
        headers = {"Authorization": f"Bearer {world.shop.api_key}"}
        address = path.replace("customer=7", "customer=1")  # the first customer of this company
        answer = world.inside(
            lambda method=method, address=address, body=body, headers=headers: world.client.generic(
                method, f"/api/v1{address}", body, content_type="application/json", headers=headers
            )
        )
        assert answer.status_code == (201 if method == "PUT" else 200), (place, path, answer.content)
        if method == "GET":
            assert answer.json()["items"], path
        world.settle()
