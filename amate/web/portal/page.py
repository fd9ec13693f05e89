"""Drawing a page of the portal."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from amate.web.portal.language import in_the_other
from amate.web.portal.shop import Shop


def page(request: HttpRequest, template: str, *, shop: Shop, status: int = 200, **facts: Any) -> HttpResponse:
    """One page. A page with an error summary answers 422, however one came to it (PAT-1)."""
    tongues = in_the_other(request, template, status=status)
    return render(request, f"portal/{template}.html", {"shop": shop, **tongues, **facts}, status=status)
