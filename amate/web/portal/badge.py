"""The badge of a customer's standing, as a picture that any help desk shows: one word, no name and no amount."""

from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.billing_cycle.collection.served import Serve, answer_for
from amate.billing_cycle.collection.served_words import TONES, WORDS
from amate.companies.day import day_of
from amate.customers.models import Customer
from amate.customers.remaining import find_remaining
from amate.web.badge_token import read_badge_token
from amate.web.clock import now

# Text on its ground: at least 4.5 to 1.
COLOURS = {"ok": "#0b5f4d", "warn": "#8a5300", "bad": "#b3261e"}
LETTER, HEIGHT = 8, 28
SERVED = {Serve.YES: "se le atiende", Serve.PARTLY: "se le atiende en parte", Serve.NO: "no se le atiende"}


@require_safe
def badge(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    today = day_of(now())
    company_id = request.company.pk  # type: ignore[attr-defined]
    customer_id = read_badge_token(token, company_id=company_id, today=today)
    found = Customer.objects.filter(pk=customer_id).first() if customer_id is not None else None
    if found is None:
        raise Http404
    remaining = found if found.merged_into_id is None else find_remaining(found)
    answer = answer_for(remaining.pk, today=today)
    word = f"{WORDS[answer.standing]} · {SERVED[answer.serve]}"
    response = HttpResponse(draw(word, COLOURS[TONES[answer.standing]]), content_type="image/svg+xml; charset=utf-8")
    response["Cache-Control"] = "private, max-age=60"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # shown by pages of other sites: that is what it is for
    return response


def draw(word: str, colour: str) -> str:
    """
    >>> "Al corriente" in draw("Al corriente", "#0b5f4d")
    True
    """
    width = LETTER * len(word) + 2 * LETTER
    said = escape(word)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT}" viewBox="0 0 {width} {HEIGHT}" '
        f'role="img" aria-label="{escape(word, {chr(34): "&quot;"})}"><title>{said}</title>'
        f'<rect width="{width}" height="{HEIGHT}" rx="6" fill="{colour}"/>'
        f'<text x="{width // 2}" y="19" fill="#ffffff" font-family="system-ui,sans-serif" font-size="14" '
        f'font-weight="600" text-anchor="middle" textLength="{LETTER * len(word)}" '
        f'lengthAdjust="spacingAndGlyphs">{said}</text></svg>'
    )
