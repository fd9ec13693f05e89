"""The user guide's pictures and numbers, made by the story that they tell (`--update-guide`)."""

import io
import re

from PIL import Image
from playwright.sync_api import Page

from tests.database import ROOT

GUIDE = ROOT / "docs" / "guia"
PICTURES = GUIDE / "imagenes"
NUMBERS = GUIDE / "empezar.md"
LARGEST = 60_000  # bytes of a picture
COLOURS = 64
_TABLE = re.compile(r"(<!-- pasos -->\n).*?(\n<!-- /pasos -->)", re.DOTALL)


class Camera:
    """Takes the pictures, or only remembers which ones there should be."""

    def __init__(self, *, update: bool) -> None:
        self._update = update
        self.names: list[str] = []
        if update:
            PICTURES.mkdir(parents=True, exist_ok=True)
            for old in PICTURES.glob("*.png"):
                old.unlink()

    def takes(self, name: str, page: Page, *, shows: str = "") -> None:
        """What the window shows now, or where it stands once that piece of the page is in sight."""
        assert name not in self.names
        self.names.append(name)
        if self._update:
            if shows:
                page.locator(shows).last.scroll_into_view_if_needed()
            page.evaluate("document.fonts.ready")
            (PICTURES / f"{name}.png").write_bytes(small(page.screenshot()))


def small(png: bytes) -> bytes:
    """The same picture in few colours. Raises ValueError if it is still too heavy for the repository."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    kept = io.BytesIO()
    few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(kept, "PNG", optimize=True)
    if kept.tell() > LARGEST:
        raise ValueError(f"{kept.tell()} bytes: take a smaller part of the page")
    return kept.getvalue()


def written_table() -> str:
    """The numbers as the guide says them."""
    found = _TABLE.search(NUMBERS.read_text())
    assert found, f"{NUMBERS.name} has no table of steps"
    return found[0].removeprefix(found[1]).removesuffix(found[2])


def write_table(table: str) -> None:
    text, count = _TABLE.subn(lambda found: found[1] + table + found[2], NUMBERS.read_text())
    assert count == 1
    NUMBERS.write_text(text)
