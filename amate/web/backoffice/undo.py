"""Undo (FACE PAT-10): a small act is done at once, and the next page offers to take it back. No page asks first.

What takes it back is the act's own opposite, at its own address: it asks for the same role and is told in the audit.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

KEPT = "undo"


@dataclass(frozen=True, slots=True)
class Undo:
    """`text`: what was done. `url` and `fields`: what is posted to take it back."""

    text: str
    url: str
    fields: list[tuple[str, str]]


def offer_undo(request: HttpRequest, text: str, *, url: str, **fields: str) -> None:
    """On the next page that is drawn for this browser, and only there."""
    request.session[KEPT] = {"text": text, "url": url, "fields": list(fields.items())}


def taken_undo(request: HttpRequest) -> Undo | None:
    kept: dict[str, Any] | None = request.session.pop(KEPT, None)
    return Undo(kept["text"], kept["url"], [(name, value) for name, value in kept["fields"]]) if kept else None
