"""What every page of the portal says about its shop, read once a request."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from amate.companies.models import Branch, Emisor
from amate.fiscal.clock import zone_of
from amate.tenancy.compiled import Compiled
from amate.web.addresses import logo_url
from amate.web.colour import brand_version

_EMISOR = Compiled(Emisor.objects.all)


@dataclass(frozen=True, slots=True)
class Shop:
    """A plain value: pages that are written after the transaction ended need no query. `branch_id` says whose logo it is;
    None: the company's."""

    slug: str
    nombre: str
    razon_social: str
    rfc: str
    telefono: str
    correo: str
    colour: str
    logo: str
    welcome: str
    branch_id: int | None = None

    @property
    def initial(self) -> str:
        """The letter of its mark: the first one of its name that is no article."""
        words = [word for word in self.nombre.split() if word.lower() not in ("el", "la", "los", "las")]
        return (words or [self.nombre or "•"])[0][0].upper()

    @property
    def tel(self) -> str:
        """The telephone as a link dials it, from inside or outside Mexico."""
        digits = re.sub(r"[^0-9+]", "", self.telefono)
        return f"+52{digits}" if len(digits) == 10 else digits

    @property
    def mailto(self) -> str:
        return f"mailto:{self.correo}?subject={quote('Mi factura')}"

    @property
    def brand(self) -> str:
        """The address of its style sheet; another colour is another address, so that browsers may keep it for ever."""
        return f"{self.url('brand')}?v={brand_version(self.colour)}"

    @property
    def logo_url(self) -> str:
        return logo_url(self.slug, self.logo, branch_id=self.branch_id)

    def url(self, name: str) -> str:
        return reverse(f"portal:{name}", args=[self.slug])

    def at(self, branch: Branch) -> "Shop":
        """As it looks to whoever bought there."""
        return replace(self, logo=branch.logo, branch_id=branch.pk) if branch.logo else self


def shop_of(request: HttpRequest) -> Shop:
    """The shop of the request's company, read once a request."""
    known: Shop | None = getattr(request, "shop", None)
    if known is None:
        known = request.shop = _read(request)  # type: ignore[attr-defined]
    return known


def address(request: HttpRequest, name: str) -> str:
    """The address of a page of the request's portal; asks no query, for answers that only lead elsewhere."""
    return reverse(f"portal:{name}", args=[request.company.slug])  # type: ignore[attr-defined]


def _read(request: HttpRequest) -> Shop:
    emisor = _EMISOR.get()
    return Shop(
        slug=request.company.slug,  # type: ignore[attr-defined]
        nombre=emisor.nombre_comercial or emisor.nombre,
        razon_social=emisor.nombre,
        rfc=emisor.rfc,
        telefono=emisor.telefono,
        correo=emisor.correo,
        colour=emisor.colour,
        logo=emisor.logo,
        welcome=emisor.welcome,
    )


def zone_of_the_shop() -> ZoneInfo:
    """Where no note says which branch it is about, the first one's clock is meant."""
    first = Branch.objects.order_by("id").first()
    return zone_of(first.cp) if first else ZoneInfo(settings.TIME_ZONE)
