"""Fiscal data that somebody typed: kept as a proposal."""

from datetime import datetime

from amate.customers.models import FiscalProfile
from amate.fiscal.receptor import Receptor
from amate.tenancy.writes import insert


def propose_profile(*, receptor: Receptor, correo: str, origin: str, now: datetime) -> FiscalProfile:
    """Keep the data without touching any customer; `accept_profile` makes it a version once the SAT confirmed it."""
    profile = FiscalProfile(
        rfc=receptor.rfc,
        nombre=receptor.nombre,
        domicilio_fiscal=receptor.domicilio_fiscal,
        regimen_fiscal=receptor.regimen_fiscal,
        uso_cfdi=receptor.uso_cfdi,
        residencia_fiscal=receptor.residencia_fiscal or "",
        num_reg_id_trib=receptor.num_reg_id_trib or "",
        correo=correo,
        origin=origin,
        proposed_at=now,
    )
    insert(profile)
    return profile
