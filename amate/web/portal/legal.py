"""Where the links of the foot lead: help from the shop, the privacy notice, the accessibility statement."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.companies.models import Branch
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of

PRIVACY_VERSION = "1 de noviembre de 2026"

# Why somebody asks, as the page repeats it.
SUBJECTS = {
    "excepcion": "Pide que facturen tu compra aunque el plazo haya terminado. Ten a la mano tu nota y tus datos fiscales.",
    "cancelada": "Di que tu compra aparece cancelada y que no devolviste nada. Ten a la mano tu nota.",
    "revision": "Pregunta cuándo se podrá facturar tu compra. Ten a la mano tu nota.",
    "pausa": "Pide tu factura con tu nota y tus datos fiscales a la mano: la tienda la emite por ti.",
    "error": "Di qué dato está mal: la tienda emite otra factura que la sustituye y cancela la anterior.",
    "ajena": "Di que tu compra aparece facturada y que no fuiste tú. La tienda revisa qué pasó y te responde.",
    "extranjero": "Pide una factura para quien no es contribuyente en México: solo necesitas tu nombre y tu país.",
    "demora": "Pregunta por tu solicitud con el folio que te dimos. No la pidas otra vez: está guardada.",
}


@require_safe
def help_page(request: HttpRequest, slug: str) -> HttpResponse:
    subject = SUBJECTS.get(request.GET.get("asunto", ""), "")
    branches = Branch.objects.open()
    return page(request, "help", shop=shop_of(request), subject=subject, branches=list(branches[:20]))


@require_safe
def privacy(request: HttpRequest, slug: str) -> HttpResponse:
    return page(request, "privacy", shop=shop_of(request), version=PRIVACY_VERSION)


@require_safe
def accessibility(request: HttpRequest, slug: str) -> HttpResponse:
    return page(request, "accessibility", shop=shop_of(request))
