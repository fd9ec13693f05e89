"""How a company's papers look, from what it set."""

from django.db.models import Q

from amate.companies.models import Branch, Emisor, Logo
from amate.papers.look import Look


def look_of(emisor: Emisor, *, branch: Branch) -> Look:
    """The branch's own logo, else the company's; read only if there is one."""
    logo = None
    if drawing_of(emisor, branch=branch):
        logo = logo_of(branch.pk if branch.logo else None)
    return Look(
        colour=emisor.colour,
        logo_svg_or_png=bytes(logo.print_png) if logo else None,
        nombre_comercial=emisor.nombre_comercial,
        foot_note=emisor.foot_note,
    )


def drawing_of(emisor: Emisor, *, branch: Branch) -> str:
    """Which drawing that is: another one is another text; empty: none."""
    return branch.logo or emisor.logo


def logo_of(branch_id: int | None) -> Logo | None:
    """The branch's own, or with None the company's."""
    found: Logo | None = Logo.objects.filter(Q(branch_id=branch_id)).first()
    return found
