"""Who watches the installation sees numbers, and only with the token."""

from typing import Any

import pytest
from django.conf import settings
from prometheus_client.parser import text_string_to_metric_families

from tests.world import World

TOKEN = "a long enough token"


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "METRICS_TOKEN", TOKEN)


def ask(world: World, authorization: str = f"Bearer {TOKEN}") -> Any:
    return world.inside(lambda: world.client.get("/metrics", headers={"Authorization": authorization}))


def read(world: World) -> dict[tuple[str, str], float]:
    text = ask(world).content.decode()
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(sample.name, sample.labels.get("kind", "")): sample.value for sample in samples}


def test_it_counts_what_is_owed_over_all_companies(world: World) -> None:
    for shop in world.shops:
        world.claim(world.sale(shop), shop=shop)
    found = read(world)
    assert found["amate_promises_open", "seal_and_stamp"] == 2
    assert found["amate_promises_open", "deliver"] == 0
    assert found["amate_promises_failing", "seal_and_stamp"] == 0
    world.pac.admin("credits", {"left": 0}, method="PUT")
    world.settle()
    found = read(world)
    assert found["amate_promises_failing", "seal_and_stamp"] == 2
    assert found["amate_promises_for_a_person", "seal_and_stamp"] == 2
    assert found["amate_workers_alive", ""] == 0


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer other", f"Basic {TOKEN}", TOKEN, "Bearer ñ"])
def test_without_the_token_there_is_nothing(world: World, authorization: str) -> None:
    answer = ask(world, authorization)
    assert answer.status_code == 404
    assert "amate_" not in answer.content.decode()


def test_without_a_token_set_nobody_gets_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "METRICS_TOKEN", "")
    assert ask(world, "Bearer ").status_code == 404
    assert ask(world, "").status_code == 404
