"""Drawing a page of the portal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from amate.web.portal.shop import Shop


def page(request: HttpRequest, template: str, *, shop: Shop, status: int = 200, **facts: Any) -> HttpResponse:
    """One page. A page with an error summary answers 422, however one came to it (PAT-1)."""
    return render(request, f"portal/{template}.html", {"shop": shop, **facts}, status=status)
