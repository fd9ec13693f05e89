"""What a company looks like in its portal: its colour as a style sheet, its logo as a picture."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.companies.look import logo_of
from amate.companies.models import Emisor
from amate.web.colour import style_sheet

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def brand_css(request: HttpRequest, slug: str) -> HttpResponse:
    answer = HttpResponse(style_sheet(Emisor.objects.get().colour), content_type="text/css; charset=utf-8")
    answer["Cache-Control"] = FOR_EVER
    return answer


@require_safe
def logo_png(request: HttpRequest, slug: str, branch_id: int | None = None) -> HttpResponse:
    logo = logo_of(branch_id)
    if logo is None:
        raise Http404
    answer = HttpResponse(bytes(logo.screen_png), content_type="image/png")
    answer["Cache-Control"] = FOR_EVER
    return answer
