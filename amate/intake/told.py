"""What a walk through a file has found so far."""

from dataclasses import dataclass, field
from typing import Any

from amate.fiscal.ingreso import PPD
from amate.intake.columns import LABELS
from amate.intake.found import Bad, Counts, Good, Wrong
from amate.self_invoicing.codes import hide_code
from amate.self_invoicing.register_many import Seen

MOST_ERRORS = 1000
CHANGED = "La venta {} ya se registró con otros datos: una nota impresa no cambia. Si es otra venta, dale otra clave"
CODE = (
    "El código {} no está reservado para este origen, o ya es de otra nota: corrígelo, o deja la celda vacía para dar "
    "uno nuevo si no se imprimió"
)


@dataclass(slots=True)
class Told:
    """What the walk has found so far; `errors` are the first ones, `counts` are of all; `more`: of an upload of CFDI."""

    counts: Counts = field(default_factory=Counts)
    errors: list[Wrong] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def bad(self, one: Bad) -> None:
        self.counts.bad += 1
        self.counts.bad_rows += one.rows
        self.errors += one.errors[: max(MOST_ERRORS - len(self.errors), 0)]

    def turned_bad(self, one: Good[Any], column: str, sentence: str) -> None:
        self.bad(Bad(one.row, one.rows, (Wrong(one.row, column, sentence),)))

    def sales(self, seen: Seen, chunk: list[Good[Any]]) -> None:
        """What a chunk of sales came to; one that came before with other content is an error of its row."""
        self.counts.new += len(seen.new)
        self.counts.repeated += len(seen.repeated)
        self.counts.total += sum(one.sale.total for one in seen.new)
        self.counts.credit += sum(one.sale.metodo_pago == PPD for one in seen.new)
        for one in seen.changed:
            self.turned_bad(chunk[one.place], "", CHANGED.format(one.sale.external_id))
        for one in seen.code_refused:
            said = hide_code(one.sale.code or "")
            self.turned_bad(chunk[one.place], LABELS["sales"]["codigo"], CODE.format(said))

    def facts(self) -> dict[str, Any]:
        """As the batch keeps them."""
        errors = sorted(self.errors, key=lambda one: one.row)
        return {
            "counts": self.counts.as_json() | ({"cfdi": self.more} if self.more else {}),
            "errors": [[one.row, one.column, one.sentence] for one in errors],
        }
