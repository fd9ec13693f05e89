"""What we leave beside an entry of somebody else's system: that it is ours, and the number of its order."""

import re

_MARK = re.compile(r"amate:(?P<service>.+):(?P<gen>\d{1,18})")


def mark_of(service: str, gen: int) -> str:
    return f"amate:{service}:{gen}"


def gen_of(text: str, service: str) -> int | None:
    """
    >>> [gen_of(one, "10.0.0.5") for one in ("amate:10.0.0.5:7", "amate:10.0.0.6:7", "de Juan")]
    [7, None, None]
    """
    found = _MARK.fullmatch(text)
    return int(found["gen"]) if found is not None and found["service"] == service else None
