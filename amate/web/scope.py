"""One request, one transaction, one company (DECISIONS A1): found by host or path before any scope exists (A5)."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from amate.access.keys import find_api_key
from amate.access.models import Membership
from amate.access.second_step import owes_second_step
from amate.audit.models import ActorKind
from amate.audit.record import Actor, acting
from amate.companies.models import Company
from amate.companies.sandbox_clock import clock_of
from amate.tenancy.clock import ahead, running_ahead
from amate.tenancy.compiled import Arg, Compiled
from amate.tenancy.scope import company_scope
from amate.web.clock import now
from amate.web.faults import not_found, unauthorized
from amate.web.send_again import offers_again, send_again

Answer = Callable[[HttpRequest], HttpResponse]


_BY_SLUG = Compiled(lambda: Company.objects.filter(slug=Arg("slug")))


class _Undo(Exception):
    """The answer is a fault of ours: what the view half did must not be committed."""


def company_of_the_request(get_response: Answer) -> Answer:
    """Portal by slug or by its own host, back office by membership, API by key; everything else has no company and no transaction."""

    def middleware(request: HttpRequest) -> HttpResponse:
        found = _find(request)
        if isinstance(found, HttpResponseBase):
            return found  # type: ignore[return-value]
        if found is None:
            return get_response(request)
        request.company = found  # type: ignore[attr-defined]
        return _inside(found, request, get_response)

    return middleware


def _inside(company: Company, request: HttpRequest, get_response: Answer) -> HttpResponse:
    response: HttpResponse | None = None
    try:
        with company_scope(company.pk), _time_of(company), acting(_actor_of(request)):
            response = get_response(request)
            if response.status_code >= 500:
                raise _Undo  # Django already turned the view's exception into an answer
    except _Undo:
        pass
    assert response is not None
    for after in getattr(request, "after_scope", []):
        response = after(response) or response
    if isinstance(response, StreamingHttpResponse):
        response.streaming_content = _scoped(company, response.streaming_content)
    return response


@contextmanager
def scope_again(request: HttpRequest) -> Iterator[None]:
    """A second transaction of a request whose first has ended: what takes long is done between the two."""
    company: Company = request.company  # type: ignore[attr-defined]
    with company_scope(company.pk), _time_of(company), acting(_actor_of(request)):
        yield


def _actor_of(request: HttpRequest) -> Actor:
    """Who the audit says it was."""
    request_id: str = request.request_id  # type: ignore[attr-defined]
    if hasattr(request, "membership"):
        return Actor(ActorKind.PERSON, request.user.email, request_id, request.user.pk)  # type: ignore[union-attr]
    if hasattr(request, "api_key"):
        return Actor(ActorKind.KEY, f"{request.api_key.prefix} {request.api_key.name}", request_id)
    return Actor(ActorKind.VISITOR, "", request_id)


def _find(request: HttpRequest) -> Company | HttpResponseBase | None:
    """The company of the host or of the path, an answer that ends the request here, or None for pages of no company."""
    by_host: Company | None = getattr(request, "host_company", None)
    if by_host is not None:
        return by_host
    room, _, rest = request.path_info.removeprefix("/").partition("/")
    name = rest.partition("/")[0]
    if room in ("f", "avisos", "oficina") and name and not slug_re.match(name):
        return not_found(request)
    if room in ("f", "avisos") and name:
        return _BY_SLUG.first(slug=name) or not_found(request)
    if room == "oficina" and name:
        return _of_member(request, name)
    if room == "api":
        return _of_key(request)
    return None


def _of_member(request: HttpRequest, slug: str) -> Company | HttpResponseBase:
    if not request.user.is_authenticated:
        return _ask_who(request)
    rows = Membership.objects.select_related("company__entry_rule").filter(user_id=request.user.pk, company__slug=slug)
    membership = rows.first()
    if membership is None:  # a company of others and one that does not exist look the same
        return not_found(request)
    if owes_second_step(membership):
        return redirect("account_second_step", slug=slug)
    request.membership = membership  # type: ignore[attr-defined]
    return membership.company


def _ask_who(request: HttpRequest) -> HttpResponse:
    if offers_again(request):
        return send_again(
            request,
            status=403,
            title="Tu sesión terminó",
            text="No se perdió lo que escribiste. Entra en otra pestaña, vuelve a esta y envíalo otra vez.",
            enter=reverse("account_login"),
        )
    return redirect_to_login(request.get_full_path())


OPEN_API = "/api/v1/openapi.json"


def _of_key(request: HttpRequest) -> Company | HttpResponseBase | None:
    if request.path_info == OPEN_API:
        return None
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    row = find_api_key(key.strip(), now=now()) if scheme.lower() == "bearer" else None
    if row is None:
        return unauthorized(request)
    request.api_key = row  # type: ignore[attr-defined]
    return row.company


def _scoped(company: Company, chunks: Any) -> Iterator[bytes]:
    with company_scope(company.pk), _time_of(company):
        yield from chunks


def _time_of(company: Company) -> AbstractContextManager[None]:
    return running_ahead(ahead() + clock_of(company.pk)) if company.sandbox else nullcontext()
