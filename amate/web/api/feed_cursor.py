"""Where a program stopped reading the feed, as a text that it keeps and gives back."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORM = re.compile(r"(?P<kind>[ac])(?P<since>[0-9]{1,17})-(?P<until>[0-9]{1,17})-(?P<after>[0-9]{1,18})")
_LONGEST = 253_402_300_799_000_000  # microseconds: the end of the year 9999


class BadCursor(ValueError):
    """None of ours."""


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """`everybody`: all customers are read, and then what changed since that began (`since`). Else what changed in
    [since, until) is read. `after`: the last id that was given."""

    everybody: bool
    since: datetime
    until: datetime
    after: int = 0

    def written(self) -> str:
        """
        >>> one = FeedCursor(False, EPOCH, EPOCH + timedelta(seconds=1), 7)
        >>> one.written(), read_cursor(one.written()) == one
        ('c0-1000000-7', True)
        """
        return f"{'a' if self.everybody else 'c'}{_micros(self.since)}-{_micros(self.until)}-{self.after}"


def read_cursor(text: str) -> FeedCursor:
    """Raises BadCursor."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise BadCursor
    since, until = int(found["since"]), int(found["until"])
    if max(since, until) > _LONGEST:
        raise BadCursor
    return FeedCursor(found["kind"] == "a", _moment(since), _moment(until), int(found["after"]))


def _micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _moment(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
