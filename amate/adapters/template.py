"""Requests that a person described: `{{name}}` in an address, a header or a body, each written as its place wants it."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def places_of(*templates: str) -> set[str]:
    """
    >>> sorted(places_of("https://a.example/{{to}}", "{{ key }}"))
    ['key', 'to']
    """
    return {name for one in templates for name in _PLACE.findall(one)}


def moves_its_server(url: str) -> bool:
    """Whether what is asked would depend on what is sent.

    >>> moves_its_server("https://{{to}}.example/"), moves_its_server("https://a.example/{{to}}")
    (True, False)
    """
    return bool(_PLACE.search(url.partition("?")[0].partition("://")[2].partition("/")[0]))


def fill(template: str, values: Mapping[str, str], written: Callable[[str], str]) -> str:
    """`written`: how a value is written in that place."""
    return _PLACE.sub(lambda found: written(values[found[1]]), template)


def is_json(template: str, places: Iterable[str]) -> bool:
    """With a number in each place, so that one between quotation marks is as good as one without."""
    try:
        json.loads(fill(template, dict.fromkeys(places, "0"), in_json))
    except ValueError:
        return False
    return True


def in_address(value: str) -> str:
    return quote(value, safe="")


def in_json(value: str) -> str:
    """Between the quotation marks that the template has."""
    return json.dumps(value)[1:-1]


def in_header(value: str) -> str:
    return "".join(letter for letter in value if " " <= letter <= "~")


def value_at(said: Any, path: str) -> Any:
    """
    >>> value_at({"messages": [{"status": "ok"}]}, "messages.0.status"), value_at([1], "a.b")
    ('ok', None)
    """
    for step in path.split("."):
        if isinstance(said, list) and step.isdecimal() and int(step) < len(said):
            said = said[int(step)]
        elif isinstance(said, dict) and step in said:
            said = said[step]
        else:
            return None
    return said
