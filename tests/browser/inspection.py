"""What every page must bear: axe, no sideways scroll, no style attribute, at two widths, by day and by night (E2E-2)."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.keyboard import walk

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations", "incomplete"],
}
# The theme changes colours and nothing else: what the page is made of was judged by day.
COLOURS = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
HEIGHTS = {320: 640, 390: 844, 1280: 800}
WIDTHS = (390, 1280)
THEMES = ("light", "dark")
NARROWEST = 320
SHOTS = os.environ.get("AMATE_SHOTS")


def inspect(page: Page, name: str, *, by_keyboard: bool = True) -> None:
    """One load of the page, seen in every look; it is left as wide and as light as it was found.

    `by_keyboard`: also with Tab alone, which needs the page's scripts to run.
    """
    # First: axe and the camera write attributes of their own, and the camera leaves empty ones behind.
    inline = page.evaluate(
        "[...document.querySelectorAll(':not([style=\\'\\'])[style]')].map(e => e.outerHTML.slice(0, 200))"
    )
    assert not inline, f"{name}: {inline}"
    found_at, was_dark = page.viewport_size, page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        _resize(page, width)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            _look(page, f"{name}-{width}-{theme}", rules=RULES if theme == THEMES[0] else COLOURS)
        if by_keyboard:
            stuck = walk(page)
            assert not stuck, f"{name}-{width}, by keyboard: {stuck}"
    _resize(page, NARROWEST)
    _does_not_scroll_sideways(page, f"{name}-{NARROWEST}")
    page.emulate_media(color_scheme="dark" if was_dark else "light")
    if found_at:
        page.set_viewport_size(found_at)


def _look(page: Page, name: str, *, rules: dict[str, Any]) -> None:
    if SHOTS:
        page.evaluate("document.fonts.ready")
        page.screenshot(path=Path(SHOTS) / f"{name.strip('/').replace('/', '_')}.png", full_page=True)
    found: dict[str, Any] = page.evaluate("rules => axe.run(rules)", rules)
    for verdict in ("violations", "incomplete"):
        seen = [(rule["id"], rule["nodes"][0]["target"], rule["nodes"][0]["html"][:160]) for rule in found[verdict]]
        assert not seen, f"{name}: {verdict}: {seen}"
    _does_not_scroll_sideways(page, name)


def _resize(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    page.evaluate("scrollTo(0, 0)")  # where Tab left it, a head that stays may lie over what axe looks at


def _does_not_scroll_sideways(page: Page, name: str) -> None:
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert sideways <= 0, f"{name}: scrolls {sideways}px sideways"
