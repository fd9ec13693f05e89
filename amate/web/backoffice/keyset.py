"""Pages of long lists: after the last row seen, never by counting (FACE PAT-5)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.http import urlencode

SIZE = 50
MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Page:
    """`older` and `newest` are query strings, empty when there is nowhere to go; both keep the filter."""

    rows: list[Any]
    older: str
    newest: str


def asked(request: HttpRequest, *names: str) -> dict[str, str]:
    """The filter in the query string. NUL is taken out: PostgreSQL has no place for it."""
    return {name: request.GET.get(name, "").replace("\x00", "").strip()[:100] for name in names}


def page_of(rows: Any, *, request: HttpRequest, kept: dict[str, str]) -> Page:
    """One page of a queryset in descending order of id."""
    before = request.GET.get("antes", "")
    at = int(before) if before.isascii() and before.isdecimal() and len(before) < 20 else 0
    if 0 < at <= MOST:
        rows = rows.filter(pk__lt=at)
    found = list(rows[: SIZE + 1])
    said = {name: value for name, value in kept.items() if value}
    more = len(found) > SIZE
    return Page(
        rows=found[:SIZE],
        older="?" + urlencode({**said, "antes": found[SIZE - 1].pk}) if more else "",
        newest="?" + urlencode(said) if at else "",
    )
