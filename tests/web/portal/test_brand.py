"""One colour of the company, readable in both themes."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amate.web.colour import DARK, LIGHT, WHITE, contrast, rgb, style_sheet
from tests.web.portal.buyer import Buyer
from tests.world import World


def values(sheet: str) -> list[dict[str, str]]:
    return [dict(re.findall(r"(--[\w-]+):(#[0-9a-f]{6})", block)) for block in re.findall(r":root\{([^}]*)\}", sheet)]


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_every_colour_is_made_readable(colour: str) -> None:
    light, dark = values(style_sheet(colour))
    for surface in (*LIGHT, WHITE, rgb(light["--brand-tint"])):
        assert contrast(rgb(light["--brand"]), surface) >= 4.5
    assert contrast(rgb(light["--on-brand"]), rgb(light["--brand-strong"])) >= 4.5
    for surface in (*DARK, rgb(dark["--brand-tint"]), rgb(dark["--on-brand"])):
        assert contrast(rgb(dark["--brand"]), surface) >= 4.5
    assert contrast(rgb(dark["--on-brand"]), rgb(dark["--brand-strong"])) >= 4.5


def test_a_dark_enough_colour_stays_as_the_company_chose_it() -> None:
    assert values(style_sheet("#0B5F4D"))[0]["--brand"] == "#0b5f4d"


@pytest.mark.parametrize("nonsense", ["", "red", "#fff", "#12345g", "#000000}body{display:none"])
def test_what_is_no_colour_never_reaches_the_sheet(nonsense: str) -> None:
    assert style_sheet(nonsense) == style_sheet("#0b5f4d")


def test_the_sheet_is_kept_for_ever_under_the_hash_of_its_content(world: World) -> None:
    ours, others = Buyer(world.shop), Buyer(world.other)
    addresses = [re.search(r'href="([^"]*marca\.css[^"]*)"', b.get("").content.decode()) for b in (ours, others)]
    links = [found[1] for found in addresses if found]
    assert len(links) == 2
    assert links[0].split("?")[1] != links[1].split("?")[1]
    answer = ours.client.get(links[0])
    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert b"--brand" in answer.content
