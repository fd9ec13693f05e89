"""The dates of the law in words: what ends, what mends it, and the page where. Pure."""

from datetime import date

from amate.alerts.words import Words
from amate.invoices.due import DueKind
from amate.papers.dates import short

PAGE = "facturas/plazos/"
_STAMP = (
    "Llevan dos días selladas y el PAC no las timbra: a las 72 horas ya no acepta esa fecha.",
    "Salen solas en cuanto el PAC conteste. Si algo las detiene, ahí dice qué.",
    "Ver las que esperan",
)
_REP = (
    "El complemento de un pago se emite a más tardar el día 5 del mes siguiente.",
    "Abre cada uno: ahí dice qué lo detiene. Aunque sea tarde, se timbra.",
    "Ver los complementos",
)
_PUE = (
    "Una factura PUE se paga dentro del mes en que se emitió.",
    "Di cuáles ya se pagaron. A las demás cámbialas a PPD: sale la nueva y se cancela la anterior, en un paso.",
    "Ver las que no se han pagado",
)
_GLOBAL = (
    "La factura global se emite dentro de las 24 horas que siguen al cierre del periodo.",
    "Emítela hoy: aunque sea tarde, se timbra.",
    "Ver lo que falta",
)
_CANCEL = (
    "Siguen vigentes documentos que pediste cancelar o que ya sustituiste. Después de ese día el SAT multa por cada uno.",
    "Abre cada uno y vuelve a pedir la cancelación, o pide al receptor que la acepte.",
    "Ver los documentos",
)
_SAID: dict[tuple[DueKind, str], tuple[str, tuple[str, str, str]]] = {
    (DueKind.STAMP, "soon"): ("Hay facturas a punto de perder el plazo de 72 horas", _STAMP),
    (DueKind.STAMP, "late"): ("Hay facturas selladas hace más de 72 horas sin timbre", _STAMP),
    (DueKind.REP, "soon"): ("Complementos de pago por emitir hasta el {day}", _REP),
    (DueKind.REP, "late"): ("Complementos de pago que se debían emitir el {day}", _REP),
    (DueKind.PUE, "soon"): ("Facturas PUE sin pago: el plazo termina el {day}", _PUE),
    (DueKind.PUE, "late"): ("Facturas PUE que no se pagaron hasta el {day}", _PUE),
    (DueKind.GLOBAL, "soon"): ("La factura global vence el {day}", _GLOBAL),
    (DueKind.GLOBAL, "late"): ("La factura global se debía emitir el {day}", _GLOBAL),
    (DueKind.CANCEL, "soon"): ("Cancelaciones por terminar antes del {day}", _CANCEL),
    (DueKind.CANCEL, "last"): ("Última semana para cancelar: termina el {day}", _CANCEL),
    (DueKind.CANCEL, "late"): ("Cancelaciones que no se hicieron antes del {day}", _CANCEL),
}


def words_of_due(detail: str) -> Words:
    """`detail`: `kind:mark[:day]` of a cause.

    >>> words_of_due("pue:late:2026-11-30").subject, words_of_due("pue:soon:2026-11-30").page
    ('Facturas PUE que no se pagaron hasta el 30 nov 2026', 'facturas/pue/')
    """
    kind, mark, *rest = detail.split(":")
    day = short(date.fromisoformat(rest[0])) if rest else ""
    subject, (what, then, button) = _SAID[DueKind(kind), mark]
    return Words(subject.format(day=day), what, then, button, "facturas/pue/" if kind == DueKind.PUE else PAGE)
