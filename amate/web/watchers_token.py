"""Who watches the installation: whoever knows AMATE_METRICS_TOKEN."""

import hmac

from django.conf import settings
from django.http import HttpRequest


def is_watcher(request: HttpRequest) -> bool:
    """Never without a token in the settings."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    return bool(wanted and scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), wanted.encode()))
