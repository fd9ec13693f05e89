"""Row history by triggers, so that raw SQL and bulk updates leave their trace too (HOUSE law 8)."""

import pghistory.models
from django.db import models


class Event(pghistory.models.Event):
    """One past state of a row. 64-bit ids: pghistory's own would end at two thousand million."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True
