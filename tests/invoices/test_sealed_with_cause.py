"""No CFDI without a written cause (FISCAL DB-12): whatever an act forgot, the database refuses its seal."""

from hashlib import sha256
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from amate.invoices.models import Invoice, Sealing, State
from tests.invoices.life import issued

OFFICE = {"origin": "office"}
PORTAL = {"origin": "portal"}
DAY = {"periodicidad": "01", "period_from": "2026-06-30", "period_to": "2026-06-30", "part": 1}
PAGO = {"tipo": "P", "metodo_pago": "", "forma_pago": "", "uso_cfdi": "CP01", "moneda": "XXX", "total": 0}


@pytest.mark.parametrize(
    ("said", "sealed"),
    [
        (OFFICE, True),
        (PORTAL, False),
        ({"origin": "counter"}, False),
        ({"origin": "api"}, False),
        ({"origin": "system"}, False),
        ({**OFFICE, "kind": "egreso", "tipo": "E"}, False),
        ({**OFFICE, "kind": "global", **DAY}, False),
        ({**OFFICE, "kind": "pago", **PAGO}, False),
    ],
    ids=lambda value: "-".join(str(one) for one in value.values())[:24] if isinstance(value, dict) else str(value),
)
def test_what_has_no_cause_is_not_sealed(world: Any, said: dict[str, Any], sealed: bool) -> None:
    like = issued(world, "116.00")

    def seal_one() -> None:
        orphan = Invoice.objects.get(pk=like.pk)
        orphan.pk, orphan._state.adding = None, True
        orphan.state, orphan.folio, orphan.uuid, orphan.stamped_at, orphan.sealed_at = (
            State.DRAFT,
            None,
            None,
            None,
            None,
        )
        for name, value in said.items():
            setattr(orphan, name, value)
        with transaction.atomic():
            orphan.save()
            Sealing.objects.create(
                invoice=orphan,
                key=f"k-{orphan.pk}",
                sha256=sha256(str(orphan.pk).encode()).digest(),
                xml=b"<x/>",
                fecha=world.now(),
                no_certificado="0" * 20,
                sealed_at=world.now(),
            )

    if sealed:
        world.scoped(seal_one)
    else:
        with pytest.raises(IntegrityError, match="no CFDI without"):
            world.scoped(seal_one)
