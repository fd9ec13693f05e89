"""Each cause in words: what happened, what mends it, and the page where. Pure.

A cause is written `kind` or `kind:detail`: the alarm of a promise (`credits`), a refusal that is ours (`refused:402`), a
seal that ends (`seal_ends:<csd>:<days>`), a visitor who asks for help (`case:<id>`).
"""

from dataclasses import dataclass

from amate.invoices.refusals import staff_advice

REFUSED, SEAL_ENDS, CASE = "refused", "seal_ends", "case"
MAIL, MASTER_KEY = "mail", "master_key"
# Days before a seal expires (CER-3); 0: it has.
DAYS = (0, 7, 30, 60)
# Below the company's back office.
HOME, PENDING, SETTINGS = "", "pendientes/", "ajustes/"


@dataclass(frozen=True, slots=True)
class Words:
    """`page`: below `/oficina/{slug}/`."""

    subject: str
    what: str
    then: str
    button: str
    page: str


_WAITING = "Ver lo que espera"
_ALARMS = {
    "csd": Words(
        "Falta tu sello digital (CSD)",
        "No hay un sello digital vigente, y sin él no se emite ninguna factura.",
        "Sube tu CSD y lo pendiente sale solo.",
        "Subir el sello digital",
        "ajustes/sello/",
    ),
    "credits": Words(
        "El PAC se quedó sin timbres",
        "Tu cuenta con el PAC no tiene timbres, y cada factura usa uno.",
        "Compra timbres con tu PAC y lo pendiente sale solo.",
        _WAITING,
        PENDING,
    ),
    "credentials": Words(
        "El PAC no acepta la cuenta",
        "El PAC rechaza el usuario o la contraseña con que esta instalación entra.",
        "Pide a quien administra el servidor que los corrija; lo pendiente sale solo.",
        _WAITING,
        PENDING,
    ),
    MASTER_KEY: Words(
        "No se puede abrir tu sello digital",
        "Falta la llave maestra de esta instalación, que abre lo que guardaste cifrado.",
        "Pide a quien administra el servidor que la ponga de nuevo; lo pendiente sale solo.",
        _WAITING,
        PENDING,
    ),
    "suspended": Words(
        "El SAT suspendió tu emisión",
        "Tu empresa está marcada como suspendida por el SAT: no se sella ninguna factura.",
        "Cuando lo aclares, quita la marca y lo pendiente sale solo.",
        "Abrir los datos de la empresa",
        "ajustes/empresa/",
    ),
    MAIL: Words(
        "Tus correos no salen",
        "El servidor de correo de tu empresa no acepta lo que enviamos: ni facturas ni notas llegan por correo.",
        "Revisa cómo salen tus correos; lo pendiente sale solo.",
        "Revisar el correo",
        "ajustes/correo/",
    ),
}
_ANY_ALARM = Words(
    "Algo espera a que lo veas",
    "Hay pendientes que no salen hasta que una persona los vea.",
    "Ábrelos: ahí dice qué falta.",
    _WAITING,
    PENDING,
)


def words_of(cause: str, *, day: str = "") -> Words:
    """`day`: of a seal, when it ends.

    >>> words_of("credits").subject, words_of("refused:402").page, words_of("seal_ends:3:7", day="2 dic 2026").subject
    ('El PAC se quedó sin timbres', 'facturas/?estado=to_mend', 'Tu sello digital vence en 7 días o menos')
    >>> words_of("case:12").page, words_of("refused:").page, words_of("new").page
    ('ayuda/12/', 'pendientes/', 'pendientes/')
    """
    kind, _, detail = cause.partition(":")
    if kind == REFUSED:
        return _refused(detail)
    if kind == SEAL_ENDS:
        return _seal(int(detail.partition(":")[2]), day)
    if kind == CASE:
        return Words(
            "Un cliente te pide ayuda",
            "Te escribió desde tu portal y espera tu respuesta.",
            "En el mensaje ves también la compra de la que habla.",
            "Responder",
            f"ayuda/{detail}/",
        )
    return _ALARMS.get(kind, _ANY_ALARM)


def _refused(code: str) -> Words:
    if not code:
        what = "Una factura se detuvo y ya no se intenta sola."
        return Words("Una factura necesita que la veas", what, "Ábrela: ahí dice qué hacer.", "Ver pendientes", PENDING)
    return Words(
        "Hay facturas que no se pudieron emitir",
        "No es por los datos de tus clientes: ya pagaron y las esperan.",
        staff_advice(code),
        "Corregir",
        "facturas/?estado=to_mend",
    )


def _seal(days: int, day: str) -> Words:
    mend = ("Renovar el sello", "ajustes/sello/")
    if days == 0:
        said = f"Venció el {day} y sin él no se emite ninguna factura."
        return Words("Tu sello digital venció", said, "Sube el nuevo y lo pendiente sale solo.", *mend)
    return Words(
        f"Tu sello digital vence en {days} días o menos",
        f"Vence el {day}. Desde ese día no se podría emitir ninguna factura.",
        "Tramita el nuevo en el SAT y súbelo antes: se sella con él desde ese momento.",
        *mend,
    )
