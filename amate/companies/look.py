"""How a company's papers look, from what it set."""

from amate.companies.models import Emisor, Logo
from amate.papers.look import Look


def look_of(emisor: Emisor) -> Look:
    """Its logo is read only if it has one."""
    logo = Logo.objects.get() if emisor.logo else None
    return Look(
        colour=emisor.colour,
        logo_svg_or_png=bytes(logo.print_png) if logo else None,
        nombre_comercial=emisor.nombre_comercial,
    )
