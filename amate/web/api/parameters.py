"""The parameters of an address: a misspelt one that nobody reads would change the question in silence."""

import re
from functools import cache

from django.http import HttpRequest
from django.urls import URLPattern

from amate.web.api.api import api

SENTENCE = "No conocemos este parámetro: quítalo o revisa cómo se escribe"
_NAMED = re.compile(r"<(?:\w+:)?(\w+)>")


def unknown_parameters(request: HttpRequest, pattern: URLPattern) -> list[dict[str, str]]:
    """An error for each that the document of the API does not name there; what it does not describe is not judged."""
    path = "/" + _NAMED.sub(r"{\1}", str(pattern.pattern))
    operation = _operations(path).get((request.method or "").lower())
    if operation is None:
        return []
    known = {one["name"] for one in operation.get("parameters", []) if one["in"] == "query"}
    return [{"parameter": one, "detail": SENTENCE} for one in request.GET if one not in known]


@cache
def _operations(path: str) -> dict[str, dict[str, list[dict[str, str]]]]:
    found: dict[str, dict[str, list[dict[str, str]]]] = api.get_openapi_schema(path_prefix="")["paths"].get(path, {})
    return found
