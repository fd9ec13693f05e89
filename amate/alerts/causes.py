"""Each cause in words: what happened, what mends it, and the page where. Pure.

A cause is written `kind` or `kind:detail`: the alarm of a promise (`credits`), a refusal that is ours (`refused:402`), a
seal that ends (`seal_ends:<csd>:<days>`), a visitor who asks for help (`case:<id>`), what ails a PAC (`pac:<trouble>:<code>`),
stamps that run out (`few_stamps:<code>:<limit>`), a date that the law sets (`due:<kind>:<mark>[:<day>]`, due_words.py),
what the SAT says otherwise than we do (`sat_differs`).
"""

from datetime import timedelta

from amate.alerts.due_words import words_of_due
from amate.alerts.words import Words
from amate.invoices.refusals import staff_advice
from amate.running.pacs_heard import NAMES

REFUSED, SEAL_ENDS, CASE = "refused", "seal_ends", "case"
PAC, FEW_STAMPS = "pac", "few_stamps"
DUE, SAT_DIFFERS = "due", "sat_differs"
# Stamps left with a PAC when people are told, once each.
FEW = (20, 100)
MAIL, MASTER_KEY = "mail", "master_key"
CUTS_HELD = "cuts_held"
# A cancellation that waits for a person: what goes before it stays live.
CANCEL_HELD = "cancel_held"
# Days before a seal expires (CER-3); 0: it has.
DAYS = (0, 7, 30, 60)
# Below the company's back office.
HOME, PENDING, SETTINGS = "", "pendientes/", "ajustes/"


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
    CANCEL_HELD: Words(
        "Una cancelación se detuvo",
        "Lo que va antes no salió: un pago o una nota que sigue vigente, o la factura nueva, que rechazaron.",
        "Abre la factura que pediste cancelar: ahí dice qué pasó, y lo intentas otra vez o retiras la cancelación.",
        _WAITING,
        PENDING,
    ),
    CUTS_HELD: Words(
        "Se detuvieron los cortes de hoy",
        "Serían muchos más que de costumbre. Cuando los pagos no están llegando se ve igual que cuando nadie paga.",
        "Revisa que tus pagos estén entrando y la lista de quiénes se cortarían; si está bien, déjalos hacer.",
        _WAITING,
        HOME,
    ),
    "provider_away": Words(
        "El proveedor de pagos lleva días sin contestar",
        "Mientras no diga quién pagó no se corta a nadie, y los pagos con él no se aplican.",
        "Revisa la cuenta con tu proveedor y su llave; lo pendiente sale solo.",
        _WAITING,
        PENDING,
    ),
    "texts": Words(
        "Tus SMS no salen",
        "Quien los lleva a los teléfonos no acepta lo que enviamos.",
        "Revisa la cuenta con él; lo pendiente sale solo.",
        _WAITING,
        PENDING,
    ),
    MAIL: Words(
        "Tus correos no salen",
        "El servidor de correo de tu empresa no acepta lo que enviamos: ni facturas ni notas llegan por correo.",
        "Revisa cómo salen tus correos; lo pendiente sale solo.",
        "Revisar el correo",
        "ajustes/correo/",
    ),
}
_ALARMS[SAT_DIFFERS] = Words(
    "El SAT dice otra cosa de tus facturas",
    "Cada noche le preguntamos al SAT por algunas, y de una o más no dice lo mismo que tú tienes.",
    "Ábrelas: ahí dice qué contestó el SAT y qué hacer con cada una.",
    "Ver las diferencias",
    "facturas/diferencias/",
)
_ANY_ALARM = Words(
    "Algo espera a que lo veas",
    "Hay pendientes que no salen hasta que una persona los vea.",
    "Ábrelos: ahí dice qué falta.",
    _WAITING,
    PENDING,
)


def mark_of(left: timedelta) -> int | None:
    """The last of DAYS that a seal with so much time left has passed. None: it ends later than anybody is told.

    >>> mark_of(timedelta(days=61)), mark_of(timedelta(days=60)), mark_of(timedelta(hours=1)), mark_of(timedelta(0))
    (None, 60, 7, 0)
    """
    return next((days for days in DAYS if left <= timedelta(days=days)), None)


def words_of(cause: str, *, day: str = "") -> Words:
    """`day`: of a seal, when it ends.

    >>> words_of("credits").subject, words_of("refused:402").page, words_of("seal_ends:3:7", day="2 dic 2026").subject
    ('El PAC se quedó sin timbres', 'facturas/?estado=to_mend', 'Tu sello digital vence en 7 días o menos')
    >>> words_of("few_stamps:finkok:20").subject, words_of("pac:lies:sw_sapien").subject
    ('Quedan menos de 20 timbres con Finkok', 'Una respuesta de SW Sapien no cuadra')
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
    if kind == PAC:
        trouble, _, code = detail.partition(":")
        return _ailing(trouble, NAMES.get(code, code))
    if kind == FEW_STAMPS:
        code, _, limit = detail.partition(":")
        name = NAMES.get(code, code)
        said = f"Cada factura usa uno. Cuando se acaben, {name} no timbra nada más."
        return Words(
            f"Quedan menos de {limit} timbres con {name}", said, "Compra más antes de que se acaben.", _WAITING, HOME
        )
    if kind == DUE:
        return words_of_due(detail)
    return _ALARMS.get(kind, _ANY_ALARM)


def _ailing(trouble: str, name: str) -> Words:
    if trouble == "clock":
        said = f"El reloj del servidor no coincide con el de {name}, y un PAC rechaza las facturas con otra hora."
        return Words(
            "El reloj del servidor está mal",
            said,
            "Pide a quien lo administra que lo ponga en hora.",
            _WAITING,
            PENDING,
        )
    if trouble == "lies":
        said = f"{name} devolvió un timbre que no corresponde a lo que se le mandó. No se da por bueno ni se entrega."
        then = f"La factura espera en Pendientes. Si no sale sola, pregunta a {name} por ella antes de hacer otra."
        return Words(f"Una respuesta de {name} no cuadra", said, then, _WAITING, PENDING)
    what = {
        "credits": f"Tu cuenta con {name} no tiene timbres. Las facturas salen por otro PAC mientras él pueda.",
        "credentials": f"{name} rechaza el usuario o la contraseña. Las facturas salen por otro PAC mientras él pueda.",
    }.get(trouble, f"{name} no trabaja como debe.")
    return Words(
        f"{name} no está timbrando", what, "Pide a quien administra el servidor que lo arregle.", _WAITING, PENDING
    )


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
