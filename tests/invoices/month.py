"""Days of a month in a World, whatever today is."""

from datetime import date, datetime, time, timedelta
from typing import Any

from amate.companies.models import Branch
from amate.fiscal.clock import zone_of


def today(world: Any) -> date:
    """Of the first branch."""
    cp = world.scoped(lambda: Branch.objects.order_by("id").first().cp)  # type: ignore[union-attr]
    return world.now().astimezone(zone_of(cp)).date()  # type: ignore[no-any-return]


def goes_to(world: Any, day: date, hour: int = 12) -> None:
    """To that local hour, which has not come yet."""
    cp = world.scoped(lambda: Branch.objects.order_by("id").first().cp)  # type: ignore[union-attr]
    left = datetime.combine(day, time(hour), tzinfo=zone_of(cp)) - world.now()
    assert left > timedelta()
    world.time_passes(seconds=left.total_seconds())


def goes_to_next_month(world: Any, day: int) -> date:
    """To noon of that day of the month after this one."""
    first = (today(world).replace(day=1) + timedelta(days=32)).replace(day=day)
    goes_to(world, first)
    return first
