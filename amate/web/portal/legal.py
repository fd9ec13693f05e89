"""Where the links of the foot lead: the privacy notice, the accessibility statement."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.web.portal.page import page
from amate.web.portal.shop import shop_of

PRIVACY_VERSION = "23 de noviembre de 2026"


@require_safe
def privacy(request: HttpRequest, slug: str) -> HttpResponse:
    return page(request, "privacy", shop=shop_of(request), version=PRIVACY_VERSION)


@require_safe
def accessibility(request: HttpRequest, slug: str) -> HttpResponse:
    return page(request, "accessibility", shop=shop_of(request))
