"""Somebody at a browser, and what every page must bear (FACE 14, 15)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import brotli  # type: ignore[import-untyped]
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page
from playwright.sync_api import TimeoutError as TooLong

from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from tests.browser.inspection import HEIGHTS, inspect
from tests.people import MORAL

# A page that is an answer to a mistake: the browser itself reports its status.
EXPECTED_STATUS = ("422", "429", "409", "404", "410")
# A question about a field is given up when a newer one replaces it or the page is left: so it is meant (`hx-sync`).
LEFT = "htmx:sendAbort"


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
    inspected: set[str] = field(default_factory=set)  # the names of the addresses that bore it

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
        if message.type != "error" or any(status in message.text for status in EXPECTED_STATUS):
            return
        if message.text.startswith(LEFT):  # htmx tells it twice, first as a request that ended
            first = self.said.pop()
            assert first.startswith("htmx:afterRequest"), first
            return
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
        page.locator(f"input[type='radio'][value='{data['uso_cfdi']}']").check()
        page.locator("#correo").fill(data["correo"])
        self.clicks("Continuar")

    def _waits_for_choices(self, act: Callable[[], object]) -> None:
        """Without script nothing follows from a choice before the form is sent."""
        if not self.script:
            act()
            return
        page = self.page
        # Who types before the page's script is there asks nothing; what is chosen while the answer is put in place is lost with
        # the field that it replaces. Neither hinders a person, who looks first; both stop a test for ever.
        page.wait_for_load_state("load")
        page.locator("#fiscal").evaluate("it => { it.asked = true }")
        with page.expect_response("**/fiscal/"):
            act()
        page.wait_for_function("() => !document.getElementById('fiscal').asked")

    def clicks(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_load_state("load")

    def arrives(self, path: str) -> None:
        """Waits for an address whose path ends so. What follows a question mark (`?next=`) is no path."""
        self.page.wait_for_url(lambda url: urlsplit(url).path.endswith(path))

    def emits(self, ticket: Ticket, **changed: str) -> None:
        self.scans(ticket)
        self.gives(MORAL, **changed)
        self.clicks("Emitir mi factura")

    def enters(self, office: str, email: str, password: str) -> None:
        """Staff, by the door."""
        self.goes(office)
        self.page.get_by_label("Correo").fill(email)
        self.page.get_by_label("Contraseña").fill(password)
        self.clicks("Entrar")
        assert self.at == office, self.page.url

    def leaves(self) -> None:
        self.context.close()

    # ------------------------------------------------------------ what is seen

    @property
    def at(self) -> str:
        """The path below the portal's address."""
        return self.page.url.removeprefix(self.portal)

    def stands_at(self, ident: str) -> bool:
        """Whether the focus comes to the element `ident`. A new page may still be on its way when a click returns."""
        try:
            self.page.wait_for_function("id => document.activeElement?.id === id", arg=ident, timeout=5_000)
        except TooLong:
            return False
        return True

    def bears_inspection(self, name: str) -> None:
        """At both widths, by day and by night, by keyboard, with a quiet console (`inspection.py`)."""
        # Axe waits for promises, which a page without scripts never keeps: the test would stand still for ever.
        assert self.script, "who looks at a page for us has scripts on"
        inspect(self.page, name)
        assert self.said == [], f"{name}: {self.said}"
        self.inspected.add(name_of(self.page.url))


def name_of(url: str) -> str:
    """The name of an address of ours, as `reverse` takes it; empty if nothing is there."""
    try:
        return str(resolve(urlsplit(url).path).view_name)
    except Resolver404:
        return ""


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
