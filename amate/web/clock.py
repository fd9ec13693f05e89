"""The web's only clock: views read it once and hand `now` down."""

from datetime import datetime

from django.utils import timezone

from amate.tenancy.clock import ahead


def now() -> datetime:
    """As the company of the request has it: a sandbox's clock may be ahead."""
    return timezone.now() + ahead()


def real_now() -> datetime:
    """For what is nobody's company's: sessions and who showed who he is."""
    return timezone.now()
