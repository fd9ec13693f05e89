"""The web's only clock: views read it once and hand `now` down."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.now()
