"""The lawful order in which a document is cancelled, worked out before anything is done (FISCAL CAN, FEATURES 144).

The same plan is shown before it runs and looked at again at every step: from where the documents stand it says what comes
next, so nothing has to be remembered between two steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from amate.fiscal.rfc import GENERICS
from amate.invoices.deadlines import cancel_by, free_cancel_by

Act = Literal["stamp", "cancel"]

SMALL = Decimal("1000")
PAGO_ALWAYS_ACCEPTED_SINCE = date(2026, 1, 1)
SUBSTITUTED, WITHOUT_SUBSTITUTE = "01", "02"
PAGO, EGRESO, INGRESO, GLOBAL = "pago", "egreso", "ingreso", "global"


@dataclass(frozen=True, slots=True)
class Standing:
    """One document of the plan, as it stands now. `total` in pesos; `issued_on` local; `state` as `invoices` keeps it.

    `hangs`: live documents that name it and keep it from being cancelled (CAN-5): REPs, credit notes, advances applied.
    """

    id: int
    number: str
    kind: str
    state: str
    rfc: str
    total: Decimal
    issued_on: date
    hangs: "tuple[Standing, ...]" = ()


@dataclass(frozen=True, slots=True)
class Step:
    """`needs_acceptance` of a cancellation; `why`: the sentence of the rule that decides it."""

    act: Act
    document: Standing
    motivo: str = ""
    needs_acceptance: bool = False
    why: str = ""

    @property
    def is_done(self) -> bool:
        if self.act == "stamp":
            return self.document.state in ("stamped", "cancel_requested", "in_process")
        return self.document.state == "cancelled"


@dataclass(frozen=True, slots=True)
class Plan:
    """`steps` in lawful order; `warnings` for people: nothing in them stops anybody."""

    steps: tuple[Step, ...]
    warnings: tuple[str, ...]
    last_day: date

    @property
    def next(self) -> Step | None:
        """The first step that is not done. None: all is."""
        return next((step for step in self.steps if not step.is_done), None)


def plan_cancellation(
    *, document: Standing, motivo: str, substitute: Standing | None, persona: str, today: date
) -> Plan:
    """From a document and what hangs on it to the steps that cancel it.

    New before old: a substitute is stamped first. Then what hangs on it, REP before credit note, each before what it names;
    it comes last itself. The substitute names it too, and is the one document that may (CAN-5). `persona` of the issuer.
    """
    steps = [] if substitute is None else [Step("stamp", substitute, why=NEW_FIRST)]
    but = None if substitute is None else substitute.id
    steps += _steps(document, motivo=motivo, but=but, today=today, seen=set())
    last = min(cancel_by(step.document.issued_on, persona=persona) for step in steps if step.act == "cancel")
    return Plan(steps=tuple(steps), warnings=tuple(_warnings(document, steps, last=last, today=today)), last_day=last)


REPS_GONE = "Sus pagos vuelven a quedar sin complemento: después hay que emitirlo otra vez."
NEW_FIRST = "Primero se timbra la nueva, que nombra a la anterior: así nunca te quedas sin factura."


def _steps(document: Standing, *, motivo: str, but: int | None, today: date, seen: set[int]) -> list[Step]:
    seen.add(document.id)
    steps: list[Step] = []
    for hanging in sorted(document.hangs, key=_order):
        if hanging.id != but and hanging.id not in seen:
            steps += _steps(hanging, motivo=WITHOUT_SUBSTITUTE, but=but, today=today, seen=seen)
    needs, why = needs_acceptance(document, today=today)
    return [*steps, Step("cancel", document, motivo=motivo, needs_acceptance=needs, why=why)]


def _order(hanging: Standing) -> tuple[int, int]:
    """REP before I, Egreso before I; of one kind the newest first."""
    return ({PAGO: 0, EGRESO: 1}.get(hanging.kind, 2), -hanging.id)


def needs_acceptance(document: Standing, *, today: date) -> tuple[bool, str]:
    """Whether the receiver must say yes, and the rule that says so (CAN-4; RMF 2.7.1.35)."""
    if document.kind == EGRESO:
        return False, "Las notas de crédito se cancelan sin aceptación."
    if document.kind == GLOBAL or document.rfc in GENERICS:
        return False, "Con RFC genérico nadie tiene que aceptarla."
    if document.kind == PAGO and document.issued_on >= PAGO_ALWAYS_ACCEPTED_SINCE:
        return True, "Desde 2026 todo complemento de pago lo acepta el receptor, sea del importe que sea."
    if document.total <= SMALL:
        return False, "Hasta $1,000 se cancela sin aceptación."
    if today <= free_cancel_by(document.issued_on):
        return False, "Hasta el día hábil siguiente a su emisión se cancela sin aceptación."
    return True, "El receptor tiene 3 días hábiles para aceptarla; si no responde, queda cancelada."


def _warnings(document: Standing, steps: Sequence[Step], *, last: date, today: date) -> list[str]:
    told = []
    if today > last:
        told.append(
            f"El plazo para cancelar terminó el {last:%d/%m/%Y}. El SAT multa con 5 a 10 % del importe de cada CFDI "
            "cancelado tarde (CFF 81-XLVI)."
        )
    if any(step.act == "cancel" and step.document.kind == PAGO for step in steps) and document.kind != PAGO:
        told.append(REPS_GONE)
    return told
