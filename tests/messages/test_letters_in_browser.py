"""Every mail in a real browser, as a mail program shows it: on a phone and a desk, by day and by night."""

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.conftest import browser as browser
from tests.browser.inspection import RULES, SHOTS
from tests.messages.test_letters import KINDS, html_of, keep_a_logo
from tests.world import World

FROM_A_PAGE = ("landmark-one-main", "page-has-heading-one", "region")  # a letter is no page


def test_every_letter_reads_well_by_day_and_by_night(world: World, browser: Browser) -> None:
    from axe_playwright_python.sync_playwright import Axe

    letters = {}
    for kind, write in KINDS.items():
        write(world)
        world.settle()
        letters[kind] = html_of(world.mail.mails[-1])
        world.time_passes(minutes=2)
    keep_a_logo(world)
    KINDS["nota"](world)
    world.settle()
    letters["nota-con-logo"] = html_of(world.mail.mails[-1])
    rules = {**RULES, "rules": {name: {"enabled": False} for name in FROM_A_PAGE}}
    for theme in ("light", "dark"):
        for width in (390, 1280):
            page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)  # type: ignore[arg-type]
            for kind, html in letters.items():
                page.set_content(html)
                found = Axe().run(page, options=rules)
                assert found.violations_count == 0, f"{kind} {theme} {width}: {found.generate_report()}"
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{kind} is {wide} px wide on {width}"
                if SHOTS:
                    page.screenshot(path=Path(SHOTS) / f"correo-{kind}-{width}-{theme}.png", full_page=True)
            page.close()
