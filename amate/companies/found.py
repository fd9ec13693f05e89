"""A company is founded: its directory row, its emisor, its first branch and the portal's rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection

from amate.companies.models import Branch, Company, Emisor, PortalPolicy
from amate.fiscal.clock import local_time
from amate.fiscal.razon_social import normalise_name
from amate.fiscal.receptor import regimenes_for
from amate.fiscal.rfc import Persona, read_rfc
from amate.tenancy.scope import company_scope, open_company


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
    portal: bool = True


class RegimenRefused(ValueError):
    """Not a regime of that kind of person (CFDI40140, CFDI40141). The message is for the field."""


class SlugTaken(Exception):
    """Another company has that place among the addresses. Nothing was written."""


@contextmanager
def founded(*, slug: str, founding: Founding, now: datetime, sandbox: bool = False) -> Iterator[Company]:
    """For the edges: one transaction of a new company. What is done inside commits with it, or none of it ever was.
    `sandbox`: it only tries things out, for good.

    Raises SlugTaken, and what `found_company` raises.
    """
    with company_scope(_next_id()):
        yield _registered(slug=slug, founding=founding, sandbox=sandbox, now=now)


def _registered(*, slug: str, founding: Founding, sandbox: bool, now: datetime) -> Company:
    try:
        company = Company.objects.create(pk=open_company(), slug=slug, sandbox=sandbox, created_at=now)
    except IntegrityError:
        raise SlugTaken(slug) from None
    found_company(founding=founding, now=now)
    return company


def _next_id() -> int:
    """The number of a company that is about to be: its scope must be open before its row is there."""
    with connection.cursor() as c:
        c.execute("SELECT nextval(pg_get_serial_sequence('companies_company', 'id'))")
        row = c.fetchone()
    assert row is not None
    return int(row[0])


def check_regimen(regimen: str, *, persona: Persona) -> None:
    """Raises RegimenRefused."""
    if regimen not in regimenes_for(persona):
        kind = "física" if persona == "F" else "moral"
        raise RegimenRefused(f"Ese régimen no es de una persona {kind}. Elige el de tu Constancia")


def register_company(*, slug: str, sandbox: bool, now: datetime) -> Company:
    """The directory row; `sandbox` as in `founded`. Outside any scope: there is no company yet whose scope could be open."""
    return Company.objects.create(slug=slug, sandbox=sandbox, created_at=now)


def found_company(*, founding: Founding, now: datetime) -> Branch:
    """Everything of the company, in its own scope. Raises RegimenRefused, fiscal.rfc.RfcRefused,
    fiscal.text.TextRefused and fiscal.clock.UnknownPlace."""
    who = read_rfc(founding.rfc)
    check_regimen(founding.regimen_fiscal, persona=who.persona)
    Emisor.objects.create(
        rfc=who.value,
        nombre=normalise_name(founding.nombre, who.persona).nombre,
        regimen_fiscal=founding.regimen_fiscal,
        nombre_comercial=founding.nombre_comercial,
        telefono=founding.telefono,
        correo=founding.correo,
        colour=founding.colour,
    )
    today = local_time(founding.cp, now).date()
    # Sales of the last weeks may still come in: the first rules count from the start of last year.
    PortalPolicy.objects.create(
        effective_from=date(today.year - 1, 1, 1), window_days=founding.window_days, enabled=founding.portal
    )
    return Branch.objects.create(
        code=founding.branch,
        nombre=founding.branch_nombre,
        cp=founding.cp,
        address=founding.address,
        serie=founding.serie,
    )
