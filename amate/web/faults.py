"""Faults, each with a sentence and a way on. Programs get problem+json, people a page; never a trace."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from amate.web.send_again import offers_again, send_again


def problem(request: HttpRequest, *, status: int, title: str, detail: str = "", **more: Any) -> JsonResponse:
    """RFC 9457. `more` names the field or carries what the program needs to mend its request."""
    body = {"type": "about:blank", "title": title, "status": status, **more}
    if detail:
        body["detail"] = detail
    body["request_id"] = getattr(request, "request_id", "")
    return JsonResponse(body, status=status, content_type="application/problem+json")


def unauthorized(request: HttpRequest) -> HttpResponse:
    answer = problem(
        request,
        status=401,
        title="Falta una clave de API válida",
        detail="Envía la cabecera Authorization: Bearer con una clave activa de tu empresa.",
    )
    answer["WWW-Authenticate"] = "Bearer"
    return answer


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _fault(
        request, status=404, title="No encontramos esta página", text="Revisa la dirección o vuelve al inicio."
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _fault(
        request,
        status=403,
        title="No tienes permiso para esto",
        text="Pide a quien administra tu empresa que te lo dé.",
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _fault(request, status=400, title="No entendimos la solicitud", text="Vuelve al inicio e intenta otra vez.")


def too_many(request: HttpRequest) -> HttpResponse:
    return _fault(
        request,
        status=429,
        title="Demasiados intentos",
        text="Espera unos minutos y vuelve a intentar. No se perdió nada.",
    )


def too_big(request: HttpRequest, *, megabytes: int) -> HttpResponse:
    return _fault(
        request,
        status=413,
        title="El archivo es demasiado grande",
        text=f"Aquí caben {megabytes} MB y no se guardó nada. Vuelve a la página anterior y elige uno más ligero; si es una "
        "foto, tómala con menos calidad.",
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return _fault(
        request,
        status=500,
        title="Algo falló de nuestro lado",
        text="No se guardó nada a medias. Intenta otra vez en un momento.",
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if offers_again(request):
        return send_again(
            request,
            status=403,
            title="Falta enviarlo otra vez",
            text="Mientras escribías, tu sesión empezó de nuevo. Aquí está lo que escribiste: no se perdió nada.",
        )
    return _fault(
        request,
        status=403,
        title="Tu página estuvo abierta mucho tiempo",
        text="Vuelve a cargarla y envía otra vez; acepta las cookies de este sitio, solo sirven para protegerte.",
    )


def _fault(request: HttpRequest, *, status: int, title: str, text: str) -> HttpResponse:
    if request.path_info.startswith("/api/"):
        return problem(request, status=status, title=title, detail=text)
    facts = {"title": title, "text": text, "request_id": getattr(request, "request_id", "")}
    return render(request, "faults/fault.html", facts, status=status)
