"""A company's own name: its portal, and nothing else, answers there. Proved names only; all others stay ALLOWED_HOSTS'."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from amate.companies.models import Company
from amate.companies.own_host import PROOF, proof_of
from amate.tenancy.compiled import Arg, Compiled

Answer = Callable[[HttpRequest], HttpResponse]
PORTAL_ONLY = "amate.web.own_host_urls"
LONGEST_NONCE = 100

_BY_HOST = Compiled(lambda: Company.objects.filter(host=Arg("host")))


def own_host(get_response: Answer) -> Answer:
    """Before anything asks for the host. A request to one of the installation's own names costs no query here."""

    def middleware(request: HttpRequest) -> HttpResponse:
        said = request.META.get("HTTP_HOST", "")
        host = split_domain_port(said)[0]
        if request.path_info.startswith(PROOF):
            return _prove(host, request.path_info.removeprefix(PROOF))
        if host and not validate_host(host, names_of_ours()):
            company = _BY_HOST.first(host=host.removesuffix("."))
            if company is not None:
                _take_in(request, company, said)
        return get_response(request)

    return middleware


def names_of_ours() -> list[str]:
    """What no company may take for itself: every name of the installation, as ALLOWED_HOSTS writes them."""
    return [name for name in settings.ALLOWED_HOSTS if name != "*"]


def _take_in(request: HttpRequest, company: Company, said: str) -> None:
    request.host_company = company  # type: ignore[attr-defined]
    request.urlconf = PORTAL_ONLY
    # It was found in our own table: that is what ALLOWED_HOSTS is for, whose list cannot grow by itself.
    request.get_host = lambda: said  # type: ignore[method-assign]
    if settings.SECURE:  # the proxy took TLS off: a form sent from https://… must be seen to come from here
        request.META["wsgi.url_scheme"] = "https"


def _prove(host: str, nonce: str) -> HttpResponse:
    if not 0 < len(nonce) <= LONGEST_NONCE:
        return HttpResponse(status=404)
    return HttpResponse(proof_of(host=host, nonce=nonce), content_type="text/plain; charset=utf-8")
