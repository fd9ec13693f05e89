"""How far a sweep through a list of events has come: providers list the newest first, we want everything since the last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from amate.adapters.payments import ProviderUnavailable

OVERLAP = 60  # seconds: an event may be listed a little after its time
LIMIT = 100


@dataclass(frozen=True, slots=True)
class Met:
    fresh: tuple[Mapping[str, Any], ...]
    cursor: str
    more: bool


@dataclass(frozen=True, slots=True)
class Sweep:
    """`stop`: the newest second of the sweep before; `newest`: that of this one; `after`: the last event that this one
    read, empty when it begins."""

    stop: int = 0
    newest: int = 0
    after: str = ""

    @classmethod
    def from_cursor(cls, cursor: str | None) -> "Sweep":
        """
        >>> Sweep.from_cursor("100"), Sweep.from_cursor("100;250;evt")
        (Sweep(stop=100, newest=0, after=''), Sweep(stop=100, newest=250, after='evt'))
        """
        if not cursor:
            return cls()
        stop, _, rest = cursor.partition(";")
        newest, _, after = rest.partition(";")
        return cls(int(stop), int(newest or 0), after)

    def params(self) -> dict[str, str]:
        return {"limit": str(LIMIT)} | ({"next": self.after} if self.after else {})

    def met(self, events: Sequence[Mapping[str, Any]], *, has_more: bool) -> Met:
        """What of a page is fresh, and where to go on. Raises `ProviderUnavailable` when the page is not newest first:
        to stop in such a list would lose payments."""
        times = [int(event.get("created_at") or 0) for event in events]
        if times != sorted(times, reverse=True):
            raise ProviderUnavailable("server", "El proveedor de pagos dio sus eventos en otro orden que el esperado.")
        newest = max([self.newest, self.stop, *times])
        fresh = tuple(event for event, at in zip(events, times, strict=True) if at >= self.stop - OVERLAP)
        if has_more and events and len(fresh) == len(events):
            return Met(fresh, f"{self.stop};{newest};{events[-1].get('id')}", True)
        return Met(fresh, str(newest), False)
