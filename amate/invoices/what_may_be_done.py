"""What may be done to a document as it stands, said once: the act asks here, and so do its page and its button. Pure.

Each answers why not, a sentence (Spanish) with the way out, or nothing.
"""

from dataclasses import dataclass
from decimal import Decimal

from amate.invoices.models import AT_THE_SAT, DEAD, NOT_SENT, ON_THE_WAY, Kind, RefusedBy, State


@dataclass(frozen=True, slots=True)
class Named:
    """Another document as a sentence names it. `going`: its own cancellation is open; `moving`: its payments are being
    moved."""

    name: str
    state: str
    kind: str = ""
    going: bool = False
    moving: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """What every act looks at. `cancelling`: the state of its open cancellation; `replaced_by`: its name; empty: none."""

    name: str
    kind: str
    state: str
    metodo_pago: str = ""
    refused_by: str = ""
    replaced_by: str = ""
    cancelling: str = ""


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around it, for the acts that end it.

    `awaited`: the substitute that its open cancellation waits for or names. `heir`: the live one that names it with 04.
    `coming`: a substitute is on its way, whoever waits for it. `ending`: the one that it replaces, while the SAT decides
    on its end. `hangs`: what keeps it from being cancelled (CAN-5).
    `takes_out_of`: the global that it lets a note leave, whose sale has an invoice of its own.
    """

    awaited: Named | None = None
    heir: Named | None = None
    coming: bool = False
    ending: str = ""
    hangs: tuple[Named, ...] = ()
    takes_out_of: str = ""


def why_not_cancelled(it: Document, around: Around) -> str:
    if it.state == State.CANCELLED:
        return f"{it.name} ya está cancelada."
    if it.cancelling or it.state in AT_THE_SAT - {State.STAMPED}:
        return f"{it.name} ya se está cancelando: abajo ves qué falta."
    if it.state != State.STAMPED:
        return f"{it.name} no está timbrada: no hay nada que cancelar ante el SAT."
    if around.takes_out_of:
        return (
            f"{it.name} saca de {around.takes_out_of} una compra que ya tiene su propia factura: sin ella quedaría facturada "
            f"dos veces. Si la global está mal, cancela {around.takes_out_of}: esta se va con ella."
        )
    if around.ending:
        return (
            f"{it.name} sustituye a {around.ending}, que se está cancelando: espera a que responda el SAT, o te quedas "
            "sin ninguna."
        )
    if around.heir is not None and (around.heir.going or around.heir.state != State.STAMPED):
        return (
            f"A {it.name} la sustituye {around.heir.name}, que también se está cancelando: espera a que responda el SAT. "
            f"Si {around.heir.name} queda vigente, pide entonces esta."
        )
    if around.coming:
        return f"La factura que sustituye a {it.name} se está timbrando: espera a que termine."
    for one in around.hangs:
        if one.state in ON_THE_WAY:
            return f"{one.name} se está timbrando y nombra a esta: espera a que termine."
    return ""


def why_not_withdrawn(it: Document, around: Around) -> str:
    """Of its open cancellation, before it is sent."""
    if not it.cancelling:
        return f"{it.name} no se está cancelando: no hay nada que retirar."
    if it.cancelling not in NOT_SENT:
        return "La solicitud ya se envió al SAT: no se puede retirar."
    new = around.awaited
    if new is not None and new.state in ON_THE_WAY:
        return "La factura que la sustituye ya se está timbrando: espera a que termine."
    if new is not None and new.state in AT_THE_SAT:
        return (
            f"{new.name} ya está timbrada y la sustituye: si retiras, quedan vigentes las dos. Deja que siga, o cancela "
            f"{new.name} y esta se queda."
        )
    return ""


def why_not_tried_again(it: Document, around: Around) -> str:
    """Of a cancellation that something held."""
    if it.cancelling != "held":
        return f"La cancelación de {it.name} no está detenida: no hay nada que reintentar."
    if around.awaited is not None and around.awaited.state in DEAD:
        return f"La que sustituye a {it.name} se rechazó: usa «Sustituir» con los datos correctos."
    return ""


def why_not_replaced(it: Document, around: Around) -> str:
    if it.kind == Kind.PAGO:
        return "Un complemento de pago no se sustituye así: cancélalo y emite otro con el pago correcto."
    if it.state == State.CANCELLED:
        return f"{it.name} ya está cancelada: emite una nueva."
    if it.state != State.STAMPED:
        return f"{it.name} no está timbrada, o ya se pidió cancelarla: espera a que termine."
    if it.replaced_by:
        return f"A {it.name} ya la sustituye {it.replaced_by}: corrige esa."
    if others := [one for one in around.hangs if one.kind != Kind.PAGO]:
        # The SAT cancels nothing that these name (CAN-5), and here nobody asked for their end: the 01 would wait for ever.
        names = ", ".join(one.name for one in others)
        return f"Primero cancela {names}: mientras siga vigente, el SAT no deja cancelar {it.name}."
    for rep in around.hangs:  # passed on to the substitute
        if rep.state != State.STAMPED or rep.going:
            return f"Su complemento {rep.name} se está timbrando o cancelando: espera a que termine."
        if rep.moving:
            return f"Termina primero de mover el pago del complemento {rep.name}."
    if it.cancelling and not (
        it.cancelling in NOT_SENT and around.awaited is not None and around.awaited.state in DEAD
    ):
        return "Ya se está cancelando o sustituyendo: espera a que termine."
    if around.coming:
        return f"La factura que sustituye a {it.name} se está timbrando: espera a que termine."
    return ""


def why_not_credited(it: Document, *, left: Decimal) -> str:
    """`left`: of its total, what no credit note takes back yet."""
    return why_not_creditable(it) or (f"De {it.name} ya se acreditó todo: quedan 0.00." if left <= 0 else "")


def why_not_creditable(it: Document) -> str:
    """Whatever is left of it."""
    if it.kind not in (Kind.INGRESO, Kind.GLOBAL):
        return "Solo se acredita una factura."
    if it.state != State.STAMPED:
        return f"{it.name} no está vigente, o se pidió cancelarla: no se puede acreditar."
    if it.cancelling:
        return f"{it.name} se está cancelando: retira la cancelación o espera a que termine."
    if it.replaced_by:
        return f"A {it.name} ya la sustituye {it.replaced_by}: acredita esa."
    return ""


def why_not_paid(it: Document, *, left: Decimal) -> str:
    """By a REP. `left`: what is owed of it still."""
    return why_not_payable(it) or (f"De {it.name} ya no queda nada por pagar: quedan 0.00." if left <= 0 else "")


def why_not_payable(it: Document) -> str:
    """Whatever is left of it (REP-10, DB-4)."""
    if it.kind != Kind.INGRESO or it.metodo_pago != "PPD":
        return f"{it.name} no es una factura PPD: solo esas llevan complemento de pago."
    if it.state not in AT_THE_SAT:
        return f"{it.name} no está vigente: no se le puede aplicar un pago."
    if it.state != State.STAMPED or it.cancelling:
        return f"{it.name} se está cancelando: espera a que termine y aplica el pago a la que quede."
    if it.replaced_by:
        return f"A {it.name} la sustituye {it.replaced_by}: aplica el pago a esa."
    return ""


def why_not_moved(it: Document, *, moving: bool) -> str:
    """The payments of a REP, to other invoices. `moving`: they are on their way already."""
    if it.kind != Kind.PAGO or it.state != State.STAMPED:
        return f"{it.name} no es un complemento de pago vigente, o ya se pidió cancelarlo."
    if it.cancelling or moving:
        return f"{it.name} ya se está cancelando: espera a que termine."
    return ""


def why_not_abandoned(it: Document) -> str:
    """A REP that was refused for what is ours."""
    if it.kind != Kind.PAGO:
        return "Solo se abandona un complemento de pago: los demás documentos rechazados no apartan nada."
    if it.state != State.REFUSED or it.refused_by != RefusedBy.OURS:
        return f"{it.name} no espera una corrección tuya: solo se abandona un complemento rechazado."
    return ""
