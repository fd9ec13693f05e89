"""One authority and its certificates for the tests of this room, minted once a run."""

from datetime import UTC, datetime
from functools import cache

from amate.fiscal.csd import Csd, read_csd
from amate.sandbox.mint import Authority, Minted, mint_ca, mint_csd, mint_fiel

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
PASSWORD = "12345678a"
RFC, NOMBRE = "EKU9003173C9", "ESCUELA KEMPER URGATE SA DE CV"


@cache
def authority(nombre: str = "AC DE PRUEBA SIN VALIDEZ FISCAL") -> Authority:
    return mint_ca(now=NOW, key_size=2048, nombre=nombre)


@cache
def minted(rfc: str = RFC, nombre: str = NOMBRE, *, years_ago: int = 0) -> Minted:
    return mint_csd(ca=authority(), rfc=rfc, nombre=nombre, password=PASSWORD, now=NOW, years_ago=years_ago)


@cache
def fiel() -> Minted:
    return mint_fiel(ca=authority(), rfc=RFC, nombre=NOMBRE, password=PASSWORD, now=NOW)


@cache
def csd() -> Csd:
    files = minted()
    return read_csd(cer=files.cer, key=files.key, password=PASSWORD)
