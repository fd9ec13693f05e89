"""Ajustes: its rooms, each with what it is for."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.access.may import MAY_CONFIGURE
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import require
from amate.web.backoffice.settings.room import entries_of, show_setting


@require_safe
def index(request: HttpRequest, slug: str) -> HttpResponse:
    require(request, MAY_CONFIGURE)
    rooms = [(address(request, name), label, what) for name, label, what in entries_of(request)]
    return show_setting(request, "index", current="", rooms=rooms)
