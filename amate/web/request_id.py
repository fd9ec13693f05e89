"""Every request has an id: on the page of a fault, in the log, in the answer's header."""

import secrets
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def request_id(get_response: Answer) -> Answer:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.request_id = secrets.token_hex(6)  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        try:
            response = get_response(request)
        finally:
            structlog.contextvars.clear_contextvars()  # what the server says on this thread next is about another one
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response

    return middleware
