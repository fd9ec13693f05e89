"""A buyer is at home before his sale is here: what he typed is kept, and claims the note by itself when it arrives."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from amate.audit.record import record
from amate.companies.models import PortalPolicy
from amate.companies.policies import hours_awaited
from amate.fiscal.receptor import Receptor
from amate.promises.kinds import SOMEBODY_WAITS
from amate.promises.promise import promise
from amate.self_invoicing.models import AwaitedSale, Ticket
from amate.tenancy.writes import insert_unless_there

WAITING = AwaitedSale.Outcome.WAITING


def await_sale(
    *, code: str, total_cents: int, receptor: Receptor, correo: str, policy: PortalPolicy | None, now: datetime
) -> None:
    """Keep the request, once a code and mail: who asks again corrects what he said. `policy`: the company's, of today.

    Nothing here tells whether the code is known. A sale that came in meanwhile is claimed like one that comes later.
    """
    correo = correo.lower()
    said = {"total_cents": total_cents, "receptor": asdict(receptor)}
    said |= {"asked_at": now, "lapses_at": now + timedelta(hours=hours_awaited(policy))}
    made = AwaitedSale(code=code, correo=correo, **said)
    if not insert_unless_there(made):  # the constraint decides; two tabs at once are one wish
        AwaitedSale.objects.filter(code=code, correo=correo, outcome=WAITING).update(**said)
    kept = AwaitedSale.objects.filter(code=code, correo=correo, outcome=WAITING).values_list("pk", flat=True)
    for pk in kept:
        record("ticket.awaited", about=f"awaited_sale:{pk}", now=now)
    here = Ticket.objects.filter(code=code, total_cents=total_cents).values_list("pk", "code")
    owe_claims({code: pk for pk, code in here}, now=now)


def owe_claims(arrived: Mapping[str, int], *, now: datetime) -> None:
    """Sales came in, {code: ticket}: whoever awaits one of them gets it. In the transaction that registers them."""
    if not arrived:
        return
    awaited = AwaitedSale.objects.filter(outcome=WAITING, code__in=list(arrived))
    for code in awaited.values_list("code", flat=True).distinct():
        pk = arrived[code]
        promise("claim_awaited", key=f"claim_awaited:{pk}", now=now, priority=SOMEBODY_WAITS, ticket_id=pk)
