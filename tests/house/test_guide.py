"""The user guide: no link leads nowhere, every picture is there, small, and shown."""

import re
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from tests.stories.guide import GUIDE, LARGEST, PICTURES

MOST_PICTURES = 20
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
CHAPTERS = sorted(GUIDE.glob("*.md"))


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda one: one.stem)
def test_no_link_of_a_chapter_leads_nowhere(chapter: Path) -> None:
    text = chapter.read_text()
    for _, target in LINK.findall(text):
        path, _, anchor = target.partition("#")
        file = (GUIDE / path).resolve() if path else chapter
        assert file.is_file(), f"{target} is not there"
        if anchor:
            assert anchor in anchors_of(file.read_text()), f"{target} has no such heading"


def test_every_chapter_is_in_the_index_and_leads_back_to_it() -> None:
    index = (GUIDE / "README.md").read_text()
    for chapter in CHAPTERS:
        if chapter.name != "README.md":
            assert f"]({chapter.name})" in index
            assert "[Índice](README.md)" in chapter.read_text()


def test_every_picture_is_shown_and_every_picture_shown_is_there() -> None:
    shown = [target for one in CHAPTERS for is_picture, target in LINK.findall(one.read_text()) if is_picture]
    assert sorted(shown) == sorted(f"imagenes/{one.name}" for one in PICTURES.glob("*"))
    assert 1 <= len(shown) <= MOST_PICTURES


@pytest.mark.parametrize("picture", sorted(PICTURES.glob("*.png")), ids=lambda one: one.stem)
def test_a_picture_is_small_and_its_colours_are_few(picture: Path) -> None:
    assert picture.stat().st_size <= LARGEST
    with Image.open(picture) as drawn:
        assert drawn.mode == "P"


def anchors_of(text: str) -> set[str]:
    """The headings of a chapter, as forges name them in addresses."""
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", unicodedata.normalize("NFC", head).lower()).replace(" ", "-") for head in heads}
