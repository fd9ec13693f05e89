"""How RouterOS writes on its API: sentences of words, each after its length, closed by an empty one (OUTSIDE SRV-4)."""

import asyncio
from collections.abc import Mapping, Sequence

LONGEST = 1 << 20  # bytes of one word: what is longer is no router


class OddWords(Exception):
    """Whoever answers does not speak this."""


def length_before(size: int) -> bytes:
    """
    >>> [length_before(n).hex() for n in (5, 128, 16384, 2097152, 268435456)]
    ['05', '8080', 'c04000', 'e0200000', 'f010000000']
    """
    if size < 0x80:
        return bytes([size])
    if size < 0x4000:
        return (size | 0x8000).to_bytes(2, "big")
    if size < 0x200000:
        return (size | 0xC00000).to_bytes(3, "big")
    if size < 0x10000000:
        return (size | 0xE0000000).to_bytes(4, "big")
    return b"\xf0" + size.to_bytes(4, "big")


def sentence(words: Sequence[str]) -> bytes:
    """
    >>> sentence(["/login", "=name=ana"]).hex()
    '062f6c6f67696e093d6e616d653d616e6100'
    """
    written = (word.encode() for word in words)
    return b"".join(length_before(len(word)) + word for word in written) + b"\x00"


async def read_sentence(reader: asyncio.StreamReader) -> list[str]:
    """Raises OddWords, asyncio.IncompleteReadError."""
    words: list[str] = []
    while size := await _length(reader):
        if size > LONGEST or len(words) > 1_000:
            raise OddWords
        words.append((await reader.readexactly(size)).decode(errors="replace"))
    return words


def facts_of(words: Sequence[str]) -> dict[str, str]:
    """
    >>> facts_of(["!re", "=.id=*1", "=comment=a=b", ".tag=3"])
    {'.id': '*1', 'comment': 'a=b'}
    """
    pairs = (word[1:].partition("=") for word in words if word.startswith("="))
    return {name: value for name, _, value in pairs}


def facts_said(facts: Mapping[str, str]) -> list[str]:
    return [f"={name}={value}" for name, value in facts.items()]


async def _length(reader: asyncio.StreamReader) -> int:
    first = (await reader.readexactly(1))[0]
    for more, below, mask in ((0, 0x80, 0x7F), (1, 0xC0, 0x3F), (2, 0xE0, 0x1F), (3, 0xF0, 0x0F)):
        if first < below:
            return int.from_bytes(bytes([first & mask]) + await reader.readexactly(more), "big")
    if first != 0xF0:
        raise OddWords
    return int.from_bytes(await reader.readexactly(4), "big")
