"""A buyer in the portal, as a browser with htmx goes through it; static files are in its cache."""

import re
import time
from dataclasses import dataclass

import httpx

LETTERS = "ABCDEFGHIJKLMNPQRSTVWXYZ"
PATIENCE = 60.0

_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')
_ASKS = re.compile(r'hx-get="([^"]+)" hx-trigger="load delay:([0-9]+)ms, every ([0-9.]+)s"')


class LostVisitor(RuntimeError):
    """The portal did not answer as the visitor expects: the benchmark would measure something else."""


@dataclass
class Visitor:
    """`number` makes the receiver another one than everybody else's."""

    site: str
    slug: str
    code: str
    cents: int
    number: int
    requests: int = 0

    def __post_init__(self) -> None:
        self._browser = httpx.Client(base_url=self.site, timeout=30, trust_env=False)
        self._review: dict[str, str] = {}

    def walk_to_review(self) -> None:
        """QR, fiscal data without mail, review: what stands before "Emitir"."""
        self._go("GET", f"/f/{self.slug}/{self.code}/{self.cents}", to="datos/")
        typed = {**_hidden(self._see("datos/")), **_receiver(self.number)}
        self._go("POST", self._path("datos/"), to="revisar/", data=typed)
        self._review = _hidden(self._see("revisar/"))
        self.requests = 0

    def issue(self) -> None:
        """ "Emitir" until the invoice is shown, asking as often as the page does."""
        self._go("POST", self._path("revisar/"), to="emitiendo/", data=self._review)
        self._wait(self._ask("GET", self._path("emitiendo/")))
        if "Tu factura está lista" not in self._see("listo/"):
            raise LostVisitor("the last page does not show the invoice")
        self._browser.close()

    def _wait(self, page: httpx.Response) -> None:
        gives_up = time.monotonic() + PATIENCE
        asks, again = _ASKS.search(page.text), False
        while not _leads_to(page, self._path("listo/")):
            if asks is None or page.status_code not in (200, 204) or time.monotonic() > gives_up:
                raise LostVisitor(f"the wait ended with {page.status_code}: {page.text[:300]}")
            time.sleep(float(asks[3]) if again else float(asks[2]) / 1000)
            page = self._ask("GET", asks[1], headers={"HX-Request": "true"})
            again = page.status_code == 204  # nothing was swapped, so nothing was loaded anew
            asks = asks if again else _ASKS.search(page.text)

    def _go(self, method: str, path: str, *, to: str, data: dict[str, str] | None = None) -> None:
        answer = self._ask(method, path, data=data)
        if not _leads_to(answer, self._path(to)):
            where = answer.headers.get("Location", answer.text[:300])
            raise LostVisitor(f"{method} {path} answered {answer.status_code} and leads to {where}")

    def _see(self, page: str) -> str:
        answer = self._ask("GET", self._path(page))
        if answer.status_code != 200:
            raise LostVisitor(f"{page} answered {answer.status_code}")
        return answer.text

    def _ask(
        self, method: str, path: str, *, data: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        self.requests += 1
        return self._browser.request(method, path, data=data, headers=headers)

    def _path(self, page: str) -> str:
        return f"/f/{self.slug}/{page}"


def _leads_to(answer: httpx.Response, path: str) -> bool:
    where: str = answer.headers.get("Location", answer.headers.get("HX-Redirect", ""))
    return where == path


def _hidden(page: str) -> dict[str, str]:
    return dict(_HIDDEN.findall(page))


def _receiver(number: int) -> dict[str, str]:
    """Invented; the simulator's list is open. The check digit is left wrong, which is a warning only."""
    initials = "".join(LETTERS[number // 24**place % 24] for place in (3, 2, 1, 0))
    return {
        "rfc": f"{initials}740919U{number % 10}8",
        "nombre": f"INGRID {initials} XODAR",
        "cp": "76028",
        "regimen_fiscal": "612",
        "uso_cfdi": "G03",
        "correo": "",
    }
