"""In which language a visitor reads the portal: Spanish, or English if he chose it or his browser speaks no Spanish.

He chooses by a link of every page, `?idioma=`, and a cookie keeps the choice. Nothing of the shop's, of the SAT's or of the
papers changes: only what the portal itself says.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from amate.papers import dates
from amate.web.said import ENGLISH, in_english

Answer = Callable[[HttpRequest], HttpResponse]
SPANISH = "es"
COOKIE = "amate_idioma"
A_YEAR = 31_536_000
# Where a page goes back to that is drawn only as the answer to a form.
DRAWN_AT = {"constancia": "details", "fiscal": "details", "correct_fiscal": "correct", "recent_fiscal": "recent"}
# Sent again to be read in the other language, these do nothing that they have not done.
ONLY_SHOWN = frozenset({"recent_review"})
UNPROCESSABLE = 422


def language(get_response: Answer) -> Answer:
    """Before the company's scope, so that what is drawn after it has ended is in the same language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not _is_of_the_portal(request):
            return get_response(request)
        if language_of(request) != ENGLISH:
            return _keep_choice(request, get_response(request))
        with translation.override(ENGLISH):
            return _keep_choice(request, get_response(request))

    return middleware


def language_of(request: HttpRequest) -> str:
    """What he chose now, what he chose before, else what his browser asks for."""
    for chosen in (request.GET.get("idioma"), request.COOKIES.get(COOKIE)):
        if chosen in (SPANISH, ENGLISH):
            return str(chosen)
    return _asked_for(request.headers.get("Accept-Language", ""))


def _asked_for(header: str) -> str:
    """English only where it comes first and no Spanish comes after: many a Mexican's browser says both.

    >>> _asked_for("en-US,en;q=0.9"), _asked_for("en-US,en;q=0.9,es-MX;q=0.8"), _asked_for("fr,en;q=0.5"), _asked_for("")
    ('en', 'es', 'es', 'es')
    """
    tongues = [tongue.partition("-")[0] for tongue, weight in parse_accept_lang_header(header) if weight]
    return ENGLISH if tongues[:1] == [ENGLISH] and SPANISH not in tongues else SPANISH


def _is_of_the_portal(request: HttpRequest) -> bool:
    return hasattr(request, "host_company") or request.path_info.startswith("/f/")


def _keep_choice(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    chosen = request.GET.get("idioma")
    # A paper's address says its own language, and is not how one chooses that of the pages.
    if chosen in (SPANISH, ENGLISH) and answer.headers.get("Content-Type", "").startswith("text/html"):
        answer.set_cookie(
            COOKIE,
            chosen,
            max_age=A_YEAR,
            path="/" if hasattr(request, "host_company") else "/f/",
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


def in_the_other(request: HttpRequest, template: str, *, status: int) -> dict[str, Any]:
    """What a page needs to offer itself in the other language: `elsewhere`, its address there, and `again`: what was typed,
    if the page answers a form and loses it otherwise. A form is sent again only where that shows its page and does no act."""
    wanted = SPANISH if in_english() else ENGLISH
    query = request.GET.copy()
    query["idioma"] = wanted
    sent = request.method == "POST" and (status == UNPROCESSABLE or template in ONLY_SHOWN)
    path = request.path if sent else _page_of(request)
    again = [
        (name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
    ]
    return {
        "english": in_english(),
        "elsewhere": f"{path}?{query.urlencode()}",
        "again": again if sent else None,
    }


def _page_of(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None or match.url_name not in DRAWN_AT:
        return request.path
    return reverse(f"portal:{DRAWN_AT[match.url_name]}", args=[match.kwargs["slug"]])


def in_full(when: datetime) -> str:
    """As `papers.dates.in_full`, in the language of the page."""
    return dates.in_full(when, lang=ENGLISH if in_english() else SPANISH)


def short(when: date) -> str:
    return dates.short(when, lang=ENGLISH if in_english() else SPANISH)
