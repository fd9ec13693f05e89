"""What becomes of fiscal data, and who may be the same customer twice. Pure."""

from difflib import SequenceMatcher
from enum import Enum, auto

from amate.customers.models import FiscalProfile
from amate.fiscal.rfc import GENERICS

FISCAL = ("rfc", "nombre", "domicilio_fiscal", "regimen_fiscal", "uso_cfdi", "residencia_fiscal", "num_reg_id_trib")
NEAR = 0.75  # of two words: a letter in five, as in Pérez and Peres


class Verdict(Enum):
    CURRENT = auto()
    KNOWN = auto()  # what we had already
    BESIDE = auto()  # the same person under a generic RFC or another name: kept, but it changes nothing
    REVIEW = auto()


def judge(said: FiscalProfile, *, current: FiscalProfile | None, guarded: bool) -> Verdict:
    """What data that the SAT has stamped with become (FEATURES 27).

    `guarded`: staff answer for the current ones, or a subscription is billed with them, so only staff replace them. Another RFC never replaces one by itself.
    """
    if current is None:
        return Verdict.CURRENT
    if same_data(said, current):
        return Verdict.KNOWN
    if said.rfc in GENERICS and (said.rfc, said.nombre) != (current.rfc, current.nombre):
        return Verdict.BESIDE
    return Verdict.REVIEW if guarded or said.rfc != current.rfc else Verdict.CURRENT


def same_data(one: FiscalProfile, other: FiscalProfile) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in FISCAL)


def is_real(rfc: str) -> bool:
    """Whether it is the RFC of one taxpayer, not empty and not one that everybody may use."""
    return bool(rfc) and rfc not in GENERICS


def may_be_one(rfc: str, other: str) -> bool:
    """Two real RFCs are two taxpayers; the same one twice cannot be, a constraint forbids it."""
    return not (is_real(rfc) and is_real(other))


def is_near(name: str, other: str) -> bool:
    """Whether two names, as `plain_text` leaves them, may be one: in another order, shorter, or with a word misspelt.

    >>> is_near("ingrid xodar jimenez", "xodar jimenez ingrid"), is_near("surco diseno", "surco diseno sa de cv")
    (True, True)
    >>> is_near("juan perez lopez", "juan peres lopez"), is_near("juan perez lopez", "ana perez lopez")
    (True, False)
    >>> is_near("juan", "juan perez"), is_near("", "")
    (False, False)
    """
    words, others = set(name.split()), set(other.split())
    shared = words & others
    if len(shared) > 1 and shared in (words, others):
        return True
    mine, theirs = words - shared, others - shared
    if not shared or len(mine) != 1 or len(theirs) != 1:
        return False
    return SequenceMatcher(None, mine.pop(), theirs.pop()).ratio() >= NEAR


def national(telephone: str) -> str:
    """The digits that a telephone is found by: ten in Mexico, whatever was dialled before them.

    >>> national("+52 1 (55) 1234-5678"), national("55 1234 5678"), national("ext. 12")
    ('5512345678', '5512345678', '12')
    """
    return "".join(c for c in telephone if c.isascii() and c.isdigit())[-10:]
