"""Somebody at a browser, and what every page must bear (FACE 14, 15)."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from tests.people import MORAL

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
HEIGHTS = {320: 640, 390: 844, 1280: 800}
# A page that is an answer to a mistake: the browser itself reports its status.
EXPECTED_STATUS = ("422", "429", "409", "404")
SHOTS = os.environ.get("AMATE_SHOTS")


@dataclass
class Person:
    browser: Browser
    portal: str
    width: int = 390
    theme: str = "light"
    script: bool = True
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(
            viewport={"width": self.width, "height": HEIGHTS[self.width]},
            color_scheme=self.theme,  # type: ignore[arg-type]
            locale="es-MX",
            reduced_motion="reduce",
            java_script_enabled=self.script,
        )
        # A busy machine is slow, not wrong: a page is given up long after anybody would have left it.
        self.context.set_default_timeout(90_000)
        self.page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda fault: self.said.append(str(fault)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(status in message.text for status in EXPECTED_STATUS):
            self.said.append(message.text)

    # ------------------------------------------------------------ acts

    def goes(self, rest: str = "") -> None:
        self.page.goto(f"{self.portal}{rest}")

    def types(self, codigo: str, total: str) -> None:
        self.goes()
        self.page.get_by_label("Código de facturación").fill(codigo)
        self.page.get_by_label("Total de tu compra").fill(total)
        self.clicks("Buscar mi compra")

    def opens(self, ticket: Ticket) -> None:
        self.types(show_code(ticket.code), f"{ticket.total:,.2f}")

    def scans(self, ticket: Ticket) -> None:
        self.goes(f"{ticket.code}/{ticket.total_cents}")

    def gives(self, data: Mapping[str, str] = MORAL, **changed: str) -> None:
        data = {**data, **changed}
        page = self.page
        if page.locator("#rfc").input_value() != data["rfc"]:
            page.locator("#rfc").fill(data["rfc"])
            self._waits_for_choices(lambda: page.locator("#rfc").press("Tab"))
        page.locator("#nombre").fill(data["nombre"])
        page.locator("#cp").fill(data["cp"])
        self._waits_for_choices(lambda: page.locator("#regimen_fiscal").select_option(data["regimen_fiscal"]))
        page.locator(f"input[value='{data['uso_cfdi']}']").check()
        page.locator("#correo").fill(data["correo"])
        self.clicks("Continuar")

    def _waits_for_choices(self, act: Callable[[], object]) -> None:
        """Without script nothing follows from a choice before the form is sent."""
        if not self.script:
            act()
            return
        with self.page.expect_response("**/datos/fiscal/"):
            act()

    def clicks(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_load_state("load")

    def emits(self, ticket: Ticket, **changed: str) -> None:
        self.scans(ticket)
        self.gives(MORAL, **changed)
        self.clicks("Emitir mi factura")

    def leaves(self) -> None:
        self.context.close()

    # ------------------------------------------------------------ what is seen

    @property
    def at(self) -> str:
        """The path below the portal's address."""
        return self.page.url.removeprefix(self.portal)

    def focus(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))

    def bears_inspection(self, name: str) -> None:
        """Axe clean with nothing undecided, no sideways scroll, no style attribute, a quiet console."""
        # Axe waits for promises, which a page without scripts never keeps: the test would stand still for ever.
        assert self.script, "who looks at a page for us has scripts on"
        page = self.page
        name = f"{name}-{self.width}-{self.theme}"
        # First: axe and the camera write attributes of their own.
        inline = page.evaluate("[...document.querySelectorAll('[style]')].map(e => e.outerHTML.slice(0, 200))")
        assert inline == [], name
        if SHOTS:
            page.evaluate("document.fonts.ready")
            page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
        found = Axe().run(page, options=RULES).response
        for verdict in ("violations", "incomplete"):
            seen = [(rule["id"], rule["nodes"][0]["target"], rule["nodes"][0]["html"][:160]) for rule in found[verdict]]
            assert seen == [], f"{name}: {verdict}"
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{name}: scrolls {sideways}px sideways"
        assert self.said == [], f"{name}: {self.said}"


def weight_of(browser: Browser, url: str, cookies: list[Any] | None = None) -> int:
    """Bytes of a first visit under brotli: the page and all it loads."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    if cookies:
        context.add_cookies(cookies)
    page = context.new_page()
    bodies: list[tuple[str, bytes]] = []
    page.on("response", lambda answer: bodies.append((answer.url, answer.body())))
    page.goto(url, wait_until="networkidle")
    context.close()
    return sum(len(body) if url.endswith(".woff2") else len(brotli.compress(body)) for url, body in bodies)
