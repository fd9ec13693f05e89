"""What a company looks like in its portal: its colour as a style sheet, its logo as a picture."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.companies.models import Emisor, Logo
from amate.web.colour import style_sheet

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def brand_css(request: HttpRequest, slug: str) -> HttpResponse:
    answer = HttpResponse(style_sheet(Emisor.objects.get().colour), content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = FOR_EVER
    return answer


@require_safe
def logo_png(request: HttpRequest, slug: str) -> HttpResponse:
    logo = Logo.objects.first()
    if logo is None:
        raise Http404
    answer = HttpResponse(bytes(logo.screen_png), content_type="image/png")
    answer["Cache-Control"] = FOR_EVER
    return answer
