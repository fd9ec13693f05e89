"""Addresses of the API: `/api/v1/…`."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path

from amate.web.api.api import api
from amate.web.api.parameters import unknown_parameters
from amate.web.faults import problem

View = Callable[..., HttpResponse]


def _problem_when_not_allowed(view: View) -> View:
    """ninja answers 405 as plain text; a program expects the same problem+json as everywhere."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        answer = problem(
            request,
            status=405,
            title="Esta dirección no acepta ese método",
            detail=f"Acepta {response['Allow']}. Consulta /api/v1/openapi.json.",
        )
        answer["Allow"] = response["Allow"]
        return answer

    return wrapped


def _problem_when_unknown(view: View, pattern: URLPattern) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if errors := unknown_parameters(request, pattern):
            return problem(request, status=422, title="Revisa los datos de la solicitud", errors=errors)
        return view(request, *args, **kwargs)

    return wrapped


def _patterns() -> list[URLPattern]:
    made = [one for one in api.urls[0] if isinstance(one, URLPattern)]
    views = [_problem_when_not_allowed(_problem_when_unknown(one.callback, one)) for one in made]
    return [path(str(one.pattern), view, name=one.name) for one, view in zip(made, views, strict=True)]


urlpatterns = [path("v1/", include((_patterns(), "api")))]
