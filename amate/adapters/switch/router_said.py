"""What both ways of speaking with a RouterOS share."""

from collections.abc import Mapping
from typing import Protocol

Row = dict[str, str]


class Refused(Exception):
    """It answered no, in its own words; nothing changed."""


class RouterLine(Protocol):
    """A table is named as in the API (`/ip/firewall/address-list`), a row by its `.id`. Each raises Refused,
    SwitchPermanent, SwitchRetryable, SwitchUnknown."""

    async def rows(self, path: str, where: Mapping[str, str], want: tuple[str, ...]) -> list[Row]: ...

    async def add(self, path: str, facts: Mapping[str, str]) -> None: ...

    async def change(self, path: str, row: str, facts: Mapping[str, str]) -> None: ...

    async def remove(self, path: str, row: str) -> None: ...
