"""Asking a host of the outside what it answers: proof that a name of a company leads to this installation."""

from typing import Protocol


class HostAway(Exception):
    """The host does not answer as it should. The message (Spanish) says what to look at; it may be mended by itself."""


class Hosts(Protocol):
    async def ask(self, host: str, path: str) -> str:
        """The beginning of what the host answers at that path. Raises HostAway."""
