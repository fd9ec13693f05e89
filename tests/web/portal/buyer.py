"""A buyer in front of the portal: one browser, moved as a person moves it."""

from dataclasses import dataclass, field
from html import unescape
from typing import Any

from django.test import Client

from amate.self_invoicing.codes import show_code
from amate.self_invoicing.models import Ticket
from tests.people import MORAL
from tests.world import Shop


def words(response: Any) -> str:
    return unescape(response.content.decode())


@dataclass
class Buyer:
    shop: Shop
    client: Client = field(default_factory=Client)
    last: Any = None

    def url(self, rest: str = "") -> str:
        return f"{self.shop.portal}{rest}"

    def get(self, rest: str = "", **more: Any) -> Any:
        self.last = self.client.get(self.url(rest), **more)
        return self.last

    def post(self, rest: str, data: Any = None, **more: Any) -> Any:
        self.last = self.client.post(self.url(rest), data or {}, **more)
        return self.last

    def types(self, codigo: str, total: Any, **more: Any) -> Any:
        return self.post("", {"codigo": codigo, "total": str(total)}, **more)

    def opens(self, ticket: Ticket) -> Any:
        return self.types(show_code(ticket.code), f"${ticket.total:,.2f}")

    def scans(self, ticket: Ticket) -> Any:
        return self.get(f"{ticket.code}/{ticket.total_cents}")

    def gives(self, **changed: str) -> Any:
        return self.post("datos/", {**MORAL, **changed})

    def emits(self) -> Any:
        return self.post("revisar/")

    def gets_it(self, ticket: Ticket, **changed: str) -> None:
        """The whole way up to the promise of a stamp."""
        self.opens(ticket)
        self.gives(**changed)
        assert self.emits().headers["Location"] == self.url("emitiendo/")
