"""Why somebody is served or not, in the words of who answers the telephone: the standing, the rule behind it, and its days."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from amate.billing_cycle.collection.rules import Standing
from amate.billing_cycle.collection.served import Answer, Serve
from amate.billing_cycle.service.models import Desired, Reason
from amate.papers.dates import short

WORDS: Mapping[Standing, str] = {
    Standing.CURRENT: "Al corriente",
    Standing.IN_TERM: "En plazo",
    Standing.IN_GRACE: "En gracia",
    Standing.PROMISED: "Con promesa de pago",
    Standing.EXEMPT: "Exento de corte",
    Standing.SUSPENDABLE: "Por suspender",
    Standing.SUSPENDED: "Suspendido",
}
# A class of `.pill`.
TONES: Mapping[Standing, str] = {
    Standing.CURRENT: "ok",
    Standing.IN_TERM: "ok",
    Standing.IN_GRACE: "warn",
    Standing.PROMISED: "warn",
    Standing.EXEMPT: "warn",
    Standing.SUSPENDABLE: "bad",
    Standing.SUSPENDED: "bad",
}
HEADLINES: Mapping[Serve, str] = {
    Serve.YES: "Sí, se le atiende",
    Serve.PARTLY: "Solo en parte: tiene un servicio suspendido o más lento",
    Serve.NO: "No se le atiende: está suspendido",
}
_DAY = timedelta(days=1)
# Of the house's own ladders; a company's own steps are shown by their codes.
STEPS = {
    "before": "Antes de vencer",
    "eve": "Un día antes",
    "today": "El día que vence",
    "late": "Ya vencida",
    "last": "Último aviso",
    "call": "Llamarle",
}


def why_of(answer: Answer) -> list[str]:
    """Sentences, the first one of the debt; then every hold that money does not lift."""
    return [_of_debt(answer), *_of_other_holds(answer)]


def _of_debt(answer: Answer) -> str:
    stand = answer.stand
    if stand.standing == Standing.CURRENT:
        return f"No debe nada y tiene {pesos(-answer.balance)} a favor." if answer.balance < 0 else "No debe nada."
    if stand.standing == Standing.IN_TERM:
        assert answer.next_due is not None  # he owes, and nothing of it is overdue
        return f"Debe {pesos(stand.owed)}; lo primero vence el {short(answer.next_due)}."
    owes = f"Debe {pesos(stand.overdue_amount)} vencidos desde el {short(_oldest(answer))}"
    if stand.standing == Standing.EXEMPT and answer.exempt is not None:
        return f"{owes}; la empresa lo exentó del corte hasta el {short(answer.exempt.until)}: {answer.exempt.why}."
    if stand.standing == Standing.PROMISED and answer.promised is not None:
        promised = answer.promised
        return f"{owes}; prometió pagar {pesos(promised.amount)} a más tardar el {short(promised.until)}."
    if stand.standing == Standing.IN_GRACE:
        return f"{owes}; {_of_grace(answer)}."
    if stand.standing == Standing.SUSPENDED:
        cut = not answer.lines or any(line.desired == Desired.SUSPENDED for line in answer.lines)
        how = "está suspendido" if cut else "va más lento"
        return f"{owes}, y por eso {how}. En cuanto pague se reactiva solo."
    return f"{owes} y ya pasó su gracia de {answer.terms.grace_days} días; {_of_cut(answer)}."


def _of_grace(answer: Answer) -> str:
    """Which rule keeps who is late from being cut."""
    terms = answer.terms
    if not terms.suspends:
        return "la empresa no corta por falta de pago"
    in_grace = [one for one in answer.stand.overdue if one.first_day_of_cut(terms.grace_days) > answer.today]
    if len(in_grace) == len(answer.stand.overdue):
        last = min(one.first_day_of_cut(terms.grace_days) for one in in_grace) - _DAY
        return f"tiene {terms.grace_days} días de gracia, hasta el {short(last)}"
    if len(answer.stand.overdue) - len(in_grace) < terms.min_overdue_debts:
        return f"se corta a partir de {terms.min_overdue_debts} adeudos vencidos"
    return f"se corta a partir de {pesos(terms.min_overdue_amount)}"


def _of_cut(answer: Answer) -> str:
    if answer.warned_on is None:
        return "falta entregarle el último aviso, y sin él no se corta"
    if answer.cut_from is None:
        return f"se le avisó el {short(answer.warned_on)}, y las reglas no dan un día para el corte"
    when = "hoy" if answer.cut_from == answer.today else f"el {short(answer.cut_from)}"
    return f"se le avisó el {short(answer.warned_on)} y puede suspenderse desde {when}"


def _of_other_holds(answer: Answer) -> list[str]:
    said = []
    for line in answer.lines:
        for held in line.holds:
            if held.reason != Reason.NONPAYMENT:
                note = f": {held.note}" if held.note else ""
                said.append(
                    f"{line.name}: suspendido desde el {short(held.since)} por {held.reason.label.lower()}{note}."
                )
    return said


def pesos(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def _oldest(answer: Answer) -> date:
    oldest = answer.stand.oldest_due
    assert oldest is not None  # whoever is late has something overdue
    return oldest
