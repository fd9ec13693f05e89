"""The guided path of a new company: what is done, what is next. It is left and taken up again at will."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from amate.access.may import MAY_CONFIGURE
from amate.companies.models import Branch, Csd, CsdUpload, Emisor, PacTrial, PortalPolicy
from amate.invoices.models import Invoice, State
from amate.web.backoffice.page import address
from amate.web.backoffice.roles import may

OURS = "#0b5f4d"


@dataclass(frozen=True, slots=True)
class Step:
    """`posts`: its button does something instead of leading somewhere."""

    name: str
    what: str
    button: str
    url: str
    done: bool
    posts: bool = False


@dataclass(frozen=True, slots=True)
class Path:
    steps: tuple[Step, ...]

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)


def path_of(
    request: HttpRequest, *, policy: PortalPolicy | None, csd: Csd | None, sells: bool, now: datetime
) -> Path | None:
    """None for who may not set up, and once the company sells, seals and has had its portal open: whoever shuts it
    later knows where the switch is."""
    if not may(request, MAY_CONFIGURE):
        return None
    sealed = csd is not None and csd.valid_from <= now < csd.valid_to
    is_open = policy is not None and policy.enabled
    if sealed and sells and (is_open or PortalPolicy.objects.filter(enabled=True).exists()):
        return None
    emisor = Emisor.objects.get()
    steps = [
        Step(
            "Tus datos",
            "Teléfono y correo para tus clientes",
            "Completar",
            address(request, "settings_company"),
            done=bool(emisor.telefono or emisor.correo),
        ),
        Step(
            "Tu marca",
            "Logotipo y color de tu portal y tus papeles",
            "Elegir",
            address(request, "settings_brand"),
            done=bool(emisor.logo) or emisor.colour.lower() != OURS,
        ),
        _branch(request),
        _seal(request, sealed=sealed),
        _pac(request),
    ]
    if settings.PAC_IS_SIMULATOR:
        steps.append(_trial(request))
    steps.append(
        Step(
            "Enciende tu portal",
            "Desde entonces tus clientes facturan solos",
            "Encender",
            address(request, "settings_portal"),
            done=is_open,
        )
    )
    return Path(tuple(steps))


def _seal(request: HttpRequest, *, sealed: bool) -> Step:
    waiting = CsdUpload.objects.filter(state=CsdUpload.State.RECEIVED).exists()
    what = "Lo estamos revisando" if waiting and not sealed else "El CSD con que se sellan tus facturas"
    return Step("Tu sello digital", what, "Subir", address(request, "settings_csd"), done=sealed)


def _branch(request: HttpRequest) -> Step:
    """The first one is there since the company was founded; its address says that somebody looked at it."""
    branches = list(Branch.objects.open())
    where = ("settings_branch", branches[0].pk) if len(branches) == 1 else ("settings_branches",)
    return Step(
        "Tu sucursal",
        "Código postal, hora, serie y dirección",
        "Revisar",
        address(request, *where),
        done=len(branches) > 1 or any(one.address for one in branches),
    )


def _pac(request: HttpRequest) -> Step:
    tried = PacTrial.objects.filter(went_well=True).exists()
    what = "Aquí, el simulador: sin validez fiscal" if settings.PAC_IS_SIMULATOR else "Quien timbra ante el SAT"
    return Step("Tu PAC", what, "Probar", address(request, "settings_pac"), done=tried)


def _trial(request: HttpRequest) -> Step:
    """Before there is a seal it could only wait; the page of the seal says what is missing."""
    return Step(
        "Tu primera factura de prueba",
        "Con el simulador: sin validez fiscal",
        "Hacer una",
        address(request, "settings_first_invoice"),
        done=Invoice.objects.filter(state=State.STAMPED).exists(),
        posts=True,
    )
