"""The walk with Tab finds what a person without a mouse would."""

import pytest
from playwright.sync_api import Browser

from tests.browser.keyboard import walk

LONG = "<p>x</p>" * 40
PAGES = {
    "<a href='#a'>A</a><input type=date><input type=datetime-local><button>B</button>": [],
    f"<div style='height:60px;overflow:auto'>{LONG}</div>" * 12 + "<a href='#a'>A</a><a href='#b'>B</a>": [],
    "<a href='#a' style='outline:none'>A</a><a href='#b'>B</a>": ["shows no ring when it has the focus"],
    "<a href='#a'>A</a><a href='#b' id=b>B</a><script>b.onkeydown = e => e.preventDefault()</script><a href='#c'>C</a>": [
        "does not let go",
        "is never reached",
    ],
}


@pytest.mark.parametrize("html", PAGES)
def test_a_walk_says_what_is_wrong(browser: Browser, html: str) -> None:
    page = browser.new_page()
    page.set_content(f"<style>:focus-visible {{ outline: 3px solid }}</style>{html}")
    assert sorted(walk(page).values()) == PAGES[html]
    page.close()
