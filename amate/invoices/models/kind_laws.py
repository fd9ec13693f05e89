"""What each kind of document may say, as constraints (FISCAL DB-9)."""

from django.db import models
from django.db.models import F, Q

_PUE = Q(metodo_pago="PUE") & ~Q(forma_pago__in=["", "99"])
_PPD = Q(metodo_pago="PPD", forma_pago="99")
_NO_PERIOD = Q(periodicidad="", period_from__isnull=True, period_to__isnull=True, part__isnull=True)
# A comparison with NULL is not false, and a CHECK takes whatever is not false: what must be there is said.
_PERIOD = (
    ~Q(periodicidad="")
    & Q(period_from__isnull=False, period_to__isnull=False, part__isnull=False)
    & Q(period_to__gte=F("period_from"), part__gte=1)
)
_MONEY_IN_PAYMENTS = Q(metodo_pago="", forma_pago="", uso_cfdi="CP01", moneda="XXX", total=0)
# FISCAL DB-9, of which no PAC checks the second half; GLO-3, GLO-4; REP-2; REL-2.
KIND_LAWS = (
    models.CheckConstraint(
        condition=Q(kind__in=["ingreso", "global"], tipo="I") | Q(kind="egreso", tipo="E") | Q(kind="pago", tipo="P"),
        name="invoice_tipo_of_kind",
    ),
    models.CheckConstraint(
        condition=Q(kind="ingreso") & (_PUE | _PPD) | Q(kind__in=["egreso", "global"]) & _PUE | Q(kind="pago"),
        name="invoice_pue_ppd",
    ),
    models.CheckConstraint(
        condition=Q(kind="pago") & _MONEY_IN_PAYMENTS | ~Q(kind="pago") & ~Q(uso_cfdi="CP01") & ~Q(moneda="XXX"),
        name="invoice_pago_cp01",
    ),
    models.CheckConstraint(
        condition=Q(kind="global", withheld=0) & _PERIOD | ~Q(kind="global") & _NO_PERIOD, name="invoice_global_period"
    ),
)
