"""The letters of the keyboard: which lead where, and whether this browser wants them (WCAG 2.1.4)."""

from django.http import HttpRequest

# After "g": the address of a room by the first letter that comes to mind.
KEYS = {
    "home": "i",
    "counter": "m",
    "tickets": "v",
    "invoices": "f",
    "subscriptions": "s",
    "billing_runs": "r",
    "customers": "c",
    "imports": "t",
    "products": "p",
    "pending": "d",
    "cases": "y",
    "people": "u",
    "settings": "a",
}
COOKIE = "amate_teclas"
OFF = "no"


def keys_are_on(request: HttpRequest) -> bool:
    """Letters alone do something until this browser said no; Ctrl K always does: it takes a modifier."""
    return request.COOKIES.get(COOKIE) != OFF
