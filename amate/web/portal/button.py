"""The script of the button that a shop puts on its own pages: always at the same address, for it is written into them."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

import amate

AN_HOUR = "public, max-age=3600"


@require_safe
def button_js(request: HttpRequest, slug: str) -> HttpResponse:
    answer = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = AN_HOUR
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"  # other sites load it: it is there for that
    return answer


@cache
def _script() -> bytes:
    return (Path(amate.__file__).parent / "static" / "factura.js").read_bytes()
