"""Claves del SAT: any key of its catalogues by the words of whoever asks, with what decides on it beside."""

from datetime import date
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from amate.catalogs.postal_codes import PostalCode, search_postal_codes
from amate.catalogs.search import search_keys
from amate.fiscal.catalogs import catalogs_in_force
from amate.web.backoffice.page import office_zone, show
from amate.web.clock import now

LONGEST = 100
OF_EACH = 10
KINDS = (
    ("clave_prod_serv", "Productos y servicios"),
    ("clave_unidad", "Unidades"),
    ("codigo_postal", "Códigos postales"),
    ("regimen_fiscal", "Regímenes fiscales"),
    ("uso_cfdi", "Usos del CFDI"),
)
WHO = {(True, True): "Personas físicas y morales", (True, False): "Personas físicas", (False, True): "Personas morales"}


class Found(NamedTuple):
    """One key; `detail`: who may have it, or what else it is called."""

    key: str
    text: str
    detail: str = ""


@require_safe
def sat_keys(request: HttpRequest, slug: str) -> HttpResponse:
    """`cat` narrows it to one catalogue; without it the best of each are shown."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    wanted = request.GET.get("cat", "")
    kinds = [kind for kind in KINDS if kind[0] == wanted] or list(KINDS)
    day = now().astimezone(office_zone()).date()
    limit = OF_EACH * (5 if len(kinds) == 1 else 1)
    groups = [(name, found) for catalog, name in kinds if (found := _found(catalog, text, day=day, limit=limit))]
    return show(
        request, "office/sat_keys.html", room="", text=text, wanted=wanted, kinds=KINDS, longest=LONGEST,
        groups=groups, edition=catalogs_in_force().version,
    )  # fmt: skip


def _found(catalog: str, text: str, *, day: date, limit: int) -> list[Found]:
    if not text:
        return []
    if catalog == "codigo_postal":
        return [_place(one) for one in search_postal_codes(typed=text, day=day, limit=limit)]
    rows = search_keys(catalog=catalog, typed=text, day=day, limit=limit)
    return [Found(key, said, _who_may(catalog, key)) for key, said in rows]


def _place(one: PostalCode) -> Found:
    others = f" y {one.more} colonias más" if one.more else ""
    return Found(one.cp, one.place, ", ".join(one.colonias) + others)


def _who_may(catalog: str, key: str) -> str:
    current = catalogs_in_force()
    if catalog == "regimen_fiscal":
        regimen = current.regimenes[key]
        return WHO[regimen.fisica, regimen.moral]
    if catalog == "uso_cfdi":
        uso = current.usos[key]
        named = ", ".join(sorted(uso.regimenes))
        return f"{WHO[uso.fisica, uso.moral]}; con régimen {named}"
    return ""
