"""«Llenar con mi Constancia»: what it says is put into the fields of V2, for its owner to look at (FEATURES 23, POR-3).

The file is in memory alone, is read between two transactions, and is gone with the request. What it said is kept no
sooner than what is typed: when its owner continues.
"""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from amate.access.limit import Limit, hit
from amate.constancia.child import LARGEST
from amate.constancia.read import Busy, Constancia, Unreadable, read_constancia
from amate.fiscal.catalogs import catalogs_in_force
from amate.fiscal.tables.personas import REGIMENES
from amate.web.fiscal_form import as_typed
from amate.web.network import network_of
from amate.web.portal.details import draw_details, form_of
from amate.web.portal.guard import afterwards
from amate.web.portal.offer_constancia import ConstanciaForm
from amate.web.portal.visit import Here, Place, only_at
from amate.web.said import said as told
from amate.web.scope import scope_again

VISIT = Limit("portal-constancia-visit", 6, 600)
NETWORK = Limit("portal-constancia-network", 30, 600)

NO_FILE = "Elige primero el archivo de tu Constancia"
UNREADABLE = "No pudimos leer ese archivo. Escribe tus datos; son cinco"
NOT_NOW = "Estamos leyendo otros archivos. Espera unos minutos, o escribe tus datos; son cinco"


@dataclass(frozen=True, slots=True)
class Reading:
    """`trouble` is why nothing was read; then `said` is None."""

    said: Constancia | None = None
    trouble: str = ""


@require_POST
@only_at(Place.DETAILS)
def constancia(request: HttpRequest, here: Here) -> HttpResponse:
    def after(response: HttpResponse) -> HttpResponse:
        reading = _read(request, here)
        with scope_again(request):
            return _fill(request, reading)

    afterwards(request, after)
    return HttpResponse(status=204)  # nobody sees it: `after` answers


def _read(request: HttpRequest, here: Here) -> Reading:
    file = request.FILES.get("constancia")
    if file is None:
        return Reading(trouble=NO_FILE)
    who = f"{here.visit.company_id}:{network_of(request)}"
    if not all([hit(VISIT, str(here.visit.pk), now=here.now), hit(NETWORK, who, now=here.now)]):
        return Reading(trouble=NOT_NOW)
    try:
        if file.size is None or file.size > LARGEST:
            raise Unreadable
        return Reading(read_constancia(file.read(), catalogs=catalogs_in_force()))
    except Busy:
        return Reading(trouble=NOT_NOW)
    except Unreadable:
        return Reading(trouble=UNREADABLE)


def _fill(request: HttpRequest, reading: Reading) -> HttpResponse:
    slug: str = request.company.slug  # type: ignore[attr-defined]
    typed = as_typed(request.POST)

    @only_at(Place.DETAILS)  # another tab may have gone on meanwhile
    def draw(request: HttpRequest, here: Here) -> HttpResponse:
        other_note = request.POST.get("nota", here.mark) != here.mark
        said = None if other_note else reading.said
        return draw_details(
            request,
            here,
            form_of(here, {**typed, **_fields(said, typed)} if said else typed).quiet(),
            other_note=other_note,
            constancia=ConstanciaForm.refused(reading.trouble) if reading.trouble else None,
            read=_told(said) if said else "",
        )

    return draw(request, slug)


def _fields(said: Constancia, typed: dict[str, str]) -> dict[str, str]:
    """What it says goes before what was typed; what it leaves open stays as it was typed."""
    read = {"rfc": said.rfc, "nombre": said.nombre, "cp": said.cp}
    filled = {name: value for name, value in read.items() if value}
    if said.regimenes and typed["regimen_fiscal"] not in said.regimenes:
        filled["regimen_fiscal"] = said.regimenes[0] if len(said.regimenes) == 1 else ""  # of several he chooses
    return filled


def _told(said: Constancia) -> str:
    if not said.nombre and not said.cp and not said.regimenes:
        return "De ese archivo solo se puede leer tu RFC. Revísalo y escribe lo demás."
    open_still = [
        name
        for name, value in (("tu nombre", said.nombre), ("tu código postal", said.cp), ("tu régimen", said.regimenes))
        if not value
    ]
    words = "Leímos tu Constancia, y ya no la tenemos. Revisa que todo esté bien"
    if open_still:
        words += f", y completa {' y '.join(open_still)}"
    if len(said.regimenes) > 1:
        named = "; ".join(f"{key} {told(REGIMENES[key].texto)}" for key in said.regimenes)
        words += f". Tiene {len(said.regimenes)} regímenes: elige con cuál va esta factura ({named})"
    return f"{words}."
