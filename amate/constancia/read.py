"""Read a Constancia that somebody offers: in memory, in a child that is shut in, and kept nowhere (OUTSIDE CSF-5)."""

import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import BoundedSemaphore, Timer

from amate.constancia.child import LARGEST, NOT_UNDERSTOOD
from amate.fiscal.catalogs import Catalogs
from amate.fiscal.razon_social import normalise_name
from amate.fiscal.receptor import regimenes_for
from amate.fiscal.rfc import Persona, RfcRefused, read_rfc
from amate.fiscal.text import TextRefused

logger = logging.getLogger(__name__)

CHILD = (sys.executable, "-I", "-X", "utf8", "-m", "amate.constancia.child")
SECONDS = 8.0  # on the wall
LONGEST = 5_000  # letters of an answer
WAIT = 4.0  # seconds for a turn
# Each may take as much memory as it is allowed: two at once in a process, however many threads it has.
_turns = BoundedSemaphore(2)


class Unreadable(Exception):
    """Nothing can be said of that file: its owner types his data."""


class Busy(Unreadable):
    """Others are being read: this one was not looked at."""


@dataclass(frozen=True, slots=True)
class Constancia:
    """As the fields of a form have it. All but the RFC may be empty; `regimenes` are those in force."""

    rfc: str
    nombre: str
    cp: str
    regimenes: tuple[str, ...]


def read_constancia(data: bytes, *, catalogs: Catalogs) -> Constancia:
    """Raises Unreadable: not a Constancia, shut with a password, contradicting itself, or more than the child may take."""
    if not 0 < len(data) <= LARGEST:
        raise Unreadable
    if not _turns.acquire(timeout=WAIT):
        raise Busy
    try:
        told = _ask(CHILD, data)
    finally:
        _turns.release()
    return _checked(told, catalogs)


def _ask(command: Sequence[str], data: bytes) -> bytes:
    with subprocess.Popen(  # noqa: S603  our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, cwd="/"
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        clock = Timer(SECONDS, child.kill)
        clock.start()
        try:
            with suppress(BrokenPipeError):  # it died before it had read all: its exit says so
                child.stdin.write(data)
                child.stdin.close()
            told = child.stdout.read(LONGEST + 1)
            if len(told) > LONGEST:
                child.kill()
            code = child.wait()
        finally:
            clock.cancel()
            child.kill()
    if code == 0:
        return told
    if code != NOT_UNDERSTOOD:
        logger.warning("the reader of a Constancia ended with %s", code)  # nothing of the file
    raise Unreadable


def _checked(told: bytes, catalogs: Catalogs) -> Constancia:
    """The child has read a stranger's file: what it says is a stranger's too."""
    try:
        said = json.loads(told)
        rfc, nombre, cp = (str(said[key]) for key in ("rfc", "nombre", "cp"))
        regimenes = tuple(map(str, said["regimenes"]))
        who = read_rfc(rfc)
    except (ValueError, LookupError, TypeError, RfcRefused):
        raise Unreadable from None
    if who.is_generic:
        raise Unreadable
    theirs = regimenes_for(who.persona)
    return Constancia(
        rfc=who.value,
        nombre=_name(nombre, who.persona),
        cp=cp if catalogs.is_address(cp) else "",
        regimenes=regimenes if all(one in theirs for one in regimenes) else (),
    )


def _name(nombre: str, persona: Persona) -> str:
    try:
        return normalise_name(nombre, persona).nombre
    except TextRefused:
        return ""
