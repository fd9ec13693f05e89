"""Somebody who has never seen Amate, at a browser: every act is counted, by the step of the story it belongs to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

# Longer than anything a person waits for here: a worker that reads a file, a PAC that stamps.
PATIENCE = 30_000


@dataclass
class Step:
    """`clicks`: on buttons, links, boxes, lists and files. `typed`: fields that were written in."""

    name: str
    clicks: int = 0
    typed: int = 0


@dataclass
class Tally:
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self.steps.append(Step(name))
        yield

    @property
    def clicks(self) -> int:
        return sum(step.clicks for step in self.steps)

    @property
    def typed(self) -> int:
        return sum(step.typed for step in self.steps)

    def table(self) -> str:
        """The rows of the guide, in Markdown."""
        rows = [("Paso", "Clics", "Datos que escribes"), ("---", "---:", "---:")]
        rows += [(f"{n}. {step.name}", str(step.clicks), str(step.typed)) for n, step in enumerate(self.steps, 1)]
        rows.append(("**Todo**", f"**{self.clicks}**", f"**{self.typed}**"))
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)


class Newcomer:
    """Knows a page by its words alone: labels, buttons and links, as they are read."""

    def __init__(self, browser: Browser, tally: Tally, *, width: int, height: int) -> None:
        self.tally = tally
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, locale="es-MX", reduced_motion="reduce"
        )
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda fault: self.troubles.append(str(fault)))
        expect.set_options(timeout=PATIENCE)

    def opens(self, address: str) -> None:
        """Follows an address that was given: no click of ours."""
        self.page.goto(address)

    def clicks(self, name: str, *, role: str = "button", within: str = "") -> None:
        place = self.page.locator(within) if within else self.page
        self._click(place.get_by_role(role, name=name))  # type: ignore[arg-type]
        self.page.wait_for_load_state("load")

    def follows(self, name: str, *, within: str = "main") -> None:
        self.clicks(name, role="link", within=within)

    def goes_to(self, room: str) -> None:
        """By the menu."""
        self.follows(room, within="nav[aria-label=Principal]")

    def ticks(self, label: str) -> None:
        self._click(self._field(label))

    def chooses(self, label: str, value: str) -> None:
        self._field(label).select_option(value)
        self.tally.steps[-1].clicks += 1

    def picks(self, label: str, file: Path) -> None:
        self._field(label).set_input_files(file)
        self.tally.steps[-1].clicks += 1

    def types(self, label: str, text: str) -> None:
        self._field(label).fill(text)
        self.tally.steps[-1].typed += 1

    def reads(self, text: str) -> None:
        """Waits until the page says so."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def reads_heading(self, text: str) -> None:
        expect(self.page.get_by_role("heading", name=text)).to_be_visible()

    def leaves(self) -> None:
        self.context.close()
        assert self.troubles == []

    def _field(self, label: str) -> Locator:
        """Of several fields with that label, the one furthest down."""
        return self.page.get_by_label(label).and_(self.page.locator("input, select, textarea")).last

    def _click(self, what: Locator) -> None:
        what.click()
        self.tally.steps[-1].clicks += 1

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.troubles.append(message.text)
