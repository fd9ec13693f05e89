"""A restored copy knows nothing of what was sealed after the backup was made."""

from datetime import datetime

from amate.invoices.models import Invoice, State
from amate.promises.lease import give_up
from amate.promises.models import Promise

SENTENCE = (
    "Estaba por sellarse cuando se hizo el respaldo. Si el sistema siguió trabajando después, puede que ya exista: "
    "búscala en tu PAC por RFC y total, y reintenta solo si no está."
)


def hold_what_may_exist(*, now: datetime) -> int:
    """Let no machine seal the drafts of the backup: each waits for a person. Answers how many. Once, after a restore."""
    drafts = Invoice.objects.filter(state=State.DRAFT).values_list("id", flat=True)
    keys = [f"stamp:{invoice_id}" for invoice_id in drafts]
    return give_up(list(Promise.objects.open().filter(key__in=keys).values_list("id", flat=True)), why=SENTENCE)
