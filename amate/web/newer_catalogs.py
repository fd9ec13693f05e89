"""A newer edition of the SAT's catalogues counts in this process within a minute of its adoption."""

import logging
import time
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from amate.catalogs.in_force import refresh

logger = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
EVERY = 60.0  # seconds
_looked_at = -EVERY


def newer_catalogs(get_response: Answer) -> Answer:
    """Outside any scope: one short query now and then in each process, none for the requests between."""

    def middleware(request: HttpRequest) -> HttpResponse:
        global _looked_at
        if time.monotonic() - _looked_at >= EVERY:
            _looked_at = time.monotonic()
            try:
                refresh()
            except DatabaseError as lost:  # the view will say what it means for the page; those in force go on
                logger.warning("catalogues not looked at: %s", type(lost).__name__)
        return get_response(request)

    return middleware
