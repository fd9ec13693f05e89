"""Whose a row is: the customer that it names by RFC, by number, or by a name that nobody else has."""

from collections.abc import Collection

from amate.catalogs.search import plain_text
from amate.customers.models import Customer
from amate.intake.cells import read_code

NOBODY = "No tienes un cliente “{}”: importa primero tus clientes, o escribe su RFC o su número como está en Clientes"


def owners_of(said: Collection[str]) -> dict[str, Customer]:
    """By what the rows say, of those that one live customer answers to."""
    plain = {text: plain_text(text) for text in said}
    numbers = [int(text) for text in said if text.isascii() and text.isdecimal() and len(text) < 18]
    live = Customer.objects.live()
    found: dict[str, Customer] = {}
    by_name: dict[str, list[Customer]] = {}
    for one in live.filter(search_name__in=set(plain.values())):
        by_name.setdefault(one.search_name, []).append(one)
    found |= {text: by_name[name][0] for text, name in plain.items() if len(by_name.get(name, ())) == 1}
    found |= {str(one.number): one for one in live.filter(number__in=numbers)}
    rfcs = {text.upper(): text for text in said if text}
    found |= {rfcs[one.rfc]: one for one in live.filter(rfc__in=rfcs)}
    return found


def read_owner(text: str) -> str:
    """As `owners_of` is asked."""
    return read_code(text)
