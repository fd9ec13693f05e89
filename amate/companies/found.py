"""A company is founded: its directory row, and inside its scope the emisor, the first branch and the portal's rules."""

from dataclasses import dataclass
from datetime import date, datetime

from amate.companies.models import Branch, Company, Emisor, PortalPolicy
from amate.fiscal.clock import local_time
from amate.fiscal.rfc import read_rfc


@dataclass(frozen=True, slots=True)
class Founding:
    """`nombre` as the SAT lists it, without the capital regime; `cp` of the first branch is its place of issue."""

    rfc: str
    nombre: str
    regimen_fiscal: str
    nombre_comercial: str
    cp: str
    telefono: str = ""
    correo: str = ""
    address: str = ""
    branch: str = "matriz"
    branch_nombre: str = "Matriz"
    serie: str = "AF"
    colour: str = "#0b5f4d"
    window_days: int = 30


def register_company(*, slug: str, now: datetime) -> Company:
    """The directory row. Outside any scope: there is no company yet whose scope could be open."""
    return Company.objects.create(slug=slug, created_at=now)


def found_company(*, founding: Founding, now: datetime) -> Branch:
    """Everything of the company, in its own scope. Raises fiscal.rfc.RfcRefused."""
    rfc = read_rfc(founding.rfc).value
    Emisor.objects.create(
        rfc=rfc,
        nombre=founding.nombre,
        regimen_fiscal=founding.regimen_fiscal,
        nombre_comercial=founding.nombre_comercial,
        telefono=founding.telefono,
        correo=founding.correo,
        colour=founding.colour,
    )
    today = local_time(founding.cp, now).date()
    # Sales of the last weeks may still come in: the first rules count from the start of last year.
    PortalPolicy.objects.create(effective_from=date(today.year - 1, 1, 1), window_days=founding.window_days)
    return Branch.objects.create(
        code=founding.branch,
        nombre=founding.branch_nombre,
        cp=founding.cp,
        address=founding.address,
        serie=founding.serie,
    )
