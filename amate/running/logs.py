"""Logs: one line an event, with its request or job; never a code, a total, a link's token, a key or a body."""

import logging
import re
from typing import Any

import structlog

# A billing code as a step of a path, and the total that may follow it: 12 of Crockford's symbols with what a person may
# put between them, plain, percent-encoded or as repr() writes it. Paths of source files in a traceback stay legible.
_BETWEEN = r"(?:[\s._–—-]|%[0-9A-F]{2}|\\(?:t|xa0))*"
_CODE_IN_A_PATH = re.compile(
    rf"(?<=/){_BETWEEN}(?:[0-9A-TV-Z]{_BETWEEN}){{12}}(?:/[0-9]+)?(?![\w%–—-])(?![^\s'\"]*\.py\b)", re.IGNORECASE
)

# What the address of a mailed link, or of the first run, proves by itself.
_TOKEN_IN_A_PATH = re.compile(
    r"(?<=/)((?:empezar|invitacion|correo|reset/key|d|una-vez|tarea|-/atencion)/)[^/\s'\"\\?]+"
)

# A customer's page has its token right below cuenta/, where the staff's own addresses have their words (login, password).
_PAGE_OF_A_CUSTOMER = re.compile(r"(?<=/)(cuenta/)[\w-]{30,}")


def without_secrets(text: str) -> str:
    """
    >>> without_secrets("Not Found: /f/tienda/7K4M-9QXW-2TRP/124850")
    'Not Found: /f/tienda/…'
    >>> without_secrets("<WSGIRequest: GET '/api/v1/tickets/7k4m9qxw2trp/note.pdf'>")
    "<WSGIRequest: GET '/api/v1/tickets/…/note.pdf'>"
    >>> without_secrets("Forbidden: /cuenta/invitacion/eyJ1c2VyIjo0fQ:1vH/")
    'Forbidden: /cuenta/invitacion/…/'
    >>> without_secrets("Not Found: /f/tienda/d/kq3fY0-x_w/pdf")
    'Not Found: /f/tienda/d/…/pdf'
    >>> without_secrets("Not Found: /f/tienda/cuenta/una-vez/kq3fY0-x_w/")
    'Not Found: /f/tienda/cuenta/una-vez/…/'
    >>> without_secrets("Not Found: /cuenta/Zt3-kq3fY0x_wPfWm2c9sVb1LrQ8yTnE4uHjKd7aXoI/estado.pdf")
    'Not Found: /cuenta/…/estado.pdf'
    >>> without_secrets("Not Found: /f/tienda/-/atencion/3.41.20260101~1vHx.svg")
    'Not Found: /f/tienda/-/atencion/…'
    >>> without_secrets('File "/app/django/contrib/contenttypes/models.py", line 3')
    'File "/app/django/contrib/contenttypes/models.py", line 3'
    """
    without_codes = _CODE_IN_A_PATH.sub("…", text)
    return _PAGE_OF_A_CUSTOMER.sub(r"\1…", _TOKEN_IN_A_PATH.sub(r"\1…", without_codes))


class ToldShortly(logging.Filter):
    """What Django refused as suspicious (a Host that is not ours, a form too big) is the sender's doing and no fault of
    ours: one line that says what it was, without a traceback and without the request."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.security.") and record.exc_info:
            record.exc_info = record.exc_text = None
            record.__dict__.pop("request", None)
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True


def _render_without_secrets(logger: Any, name: str, event: Any) -> str:
    """Last of all: whatever carried it (text, arguments, extras, a traceback), it is in this line now."""
    return without_secrets(_RENDER(logger, name, event))


_RENDER = structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])


def formatter() -> logging.Formatter:
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _render_without_secrets,
        ],
    )
