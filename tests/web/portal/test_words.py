"""Sentences that promise something, held to it."""

from pathlib import Path

import amate
from tests.web.portal.buyer import Buyer, words
from tests.world import World

TEMPLATES = Path(amate.__file__).parent / "templates"
TU = "{% if usted %}su{% else %}tu{% endif %}"


def test_who_comes_back_is_told_all_that_the_door_asks() -> None:
    said = {path: path.read_text().replace(TU, "tu") for path in TEMPLATES.rglob("*.*")}
    told = [path for path, text in said.items() if "tu código, el total y tu RFC" in text]
    assert {path.name for path in told} == {
        "invoice.html",
        "invoice.txt",
        "progress.html",
        "done.html",
        "correct_shut.html",
    }
    assert not [path for path, text in said.items() if "tu código y tu RFC" in text]


def test_the_privacy_notice_says_what_is_kept_of_a_refusal(world: World) -> None:
    said = words(Buyer(world.shop).get("privacidad/"))
    assert "Lo que escribas y no envíes al SAT se borra a las 24 horas" in said
    assert "Lo que se envió y el SAT rechazó se conserva con su rechazo" in said
