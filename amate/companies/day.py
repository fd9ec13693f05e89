"""The company's day: what is due, told or cut is due, told or cut by it, wherever the server stands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from amate.companies.models import Branch
from amate.fiscal.clock import zone_of
from amate.fiscal.tables.zones import CENTRO


def zone_of_company() -> ZoneInfo:
    """Of its first branch; the centre's for a company without any."""
    cp = Branch.objects.order_by("id").values_list("cp", flat=True).first()
    return zone_of(cp) if cp else ZoneInfo(CENTRO)


def day_of(now: datetime) -> date:
    """The open company's day at that instant."""
    return now.astimezone(zone_of_company()).date()
