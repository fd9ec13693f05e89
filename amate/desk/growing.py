"""A file that is written and given away at once: a ZIP larger than memory goes out as it is made."""

import io
from collections.abc import Iterable


class Growing(io.RawIOBase):
    """A file that only grows, and gives away what it holds."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._at = 0

    def writable(self) -> bool:
        return True

    def write(self, content: Iterable[int]) -> int:  # type: ignore[override]
        self._held += bytes(content)
        self._at += len(bytes(content))
        return len(bytes(content))

    def tell(self) -> int:
        return self._at

    def taken(self) -> bytes:
        held, self._held = bytes(self._held), bytearray()
        return held
