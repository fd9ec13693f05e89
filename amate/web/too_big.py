"""A body that no page of ours takes is refused before it is read: Django would keep it on the disk first, whoever sent it.
Stands after whoever knows who it is, and still before CSRF, which reads the body when the view is about to be called."""

import re
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from amate.adapters.bank import MOST_BYTES as OF_A_BANK
from amate.billing_cycle.reconciliation.report_payment import MOST_BYTES as OF_A_PROOF
from amate.intake.upload import LARGEST as OF_AN_IMPORT
from amate.web.faults import too_big as refused

Answer = Callable[[HttpRequest], HttpResponse]
OF_A_PICTURE = 80_000_000
REST = 1_000_000  # the form around a file
OF_EVERYBODY = OF_A_PROOF + REST
# The first that fits. More than everybody's only of who has entered; the API is bound by DATA_UPLOAD_MAX_MEMORY_SIZE.
BOUNDS = (
    (re.compile(r"/oficina/[^/]+/importar/$"), OF_AN_IMPORT + REST),
    (re.compile(r"/oficina/[^/]+/pagos/bancos/$"), OF_A_BANK + REST),
    # A picture as a designer sends it: its own field says what it should weigh.
    (re.compile(r"/oficina/[^/]+/ajustes/(marca|sucursales/\d+)/logotipo/$"), OF_A_PICTURE + REST),
    (re.compile(""), OF_EVERYBODY),  # also of a path that begins with no bar
)


def too_big(get_response: Answer) -> Answer:
    def middleware(request: HttpRequest) -> HttpResponse:
        most, length = most_of(request.path_info), _length(request)
        if OF_EVERYBODY < length <= most and not request.user.is_authenticated:
            answer: HttpResponse = redirect_to_login(request.get_full_path())
            answer["Connection"] = "close"
            return answer
        if length > most:
            answer = refused(request, megabytes=(most - REST) // 1_000_000)
            answer["Connection"] = "close"  # what it still sends is no next request
            return answer
        return get_response(request)

    return middleware


def most_of(path: str) -> int:
    """Bytes that a request to it may have.

    >>> most_of("/oficina/tienda/importar/"), most_of("/f/tienda/cuenta/una-vez/kq3f/"), most_of("*")
    (101000000, 6000000, 6000000)
    """
    return next(most for where, most in BOUNDS if where.match(path))


def _length(request: HttpRequest) -> int:
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 19 else 0
