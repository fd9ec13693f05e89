"""Stage 5: Fecha is local time of LugarExpedicion, from 72 hours ago to now (401; FISCAL CLK)."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from amate.sandbox.pac.refusal import Refusal

CENTRAL = ZoneInfo("America/Mexico_City")
OLDEST = timedelta(hours=72)

# The zone texts of the SAT's c_CodigoPostal. The SAT's word, also where tzdata knows better (CLK-1).
_ZONES = {
    "Tiempo del Centro": CENTRAL,
    "Tiempo del Pacífico": ZoneInfo("America/Hermosillo"),
    "Tiempo del Centro en Frontera": ZoneInfo("America/Matamoros"),
    "Tiempo del Noroeste": ZoneInfo("America/Tijuana"),
    "Tiempo del Sureste": ZoneInfo("America/Cancun"),
}


def read_fecha(fecha: str, *, cp: str) -> datetime:
    """The instant of a Fecha, aware, in the SAT's zone of its CP."""
    return datetime.fromisoformat(fecha).replace(tzinfo=_zone(cp))


def check_window(fecha: datetime, *, now: datetime) -> None:
    """Exactly 72 hours is inside; the future is not (CLK-5)."""
    if now - fecha > OLDEST:
        raise Refusal("401", "Fecha fuera de rango: tiene más de 72 horas", fecha.isoformat())
    if fecha > now:
        raise Refusal("401", "Fecha fuera de rango: está en el futuro", fecha.isoformat())


@lru_cache(maxsize=1024)
def _zone(cp: str) -> ZoneInfo:
    # Opens a database at import: only in this process, and only when it is needed.
    from satcfdi.catalogs import codigo_postal_uso_horario

    try:
        return _ZONES[codigo_postal_uso_horario(cp)]
    except TypeError as absent:
        raise Refusal("CFDI40126", "LugarExpedicion no está en c_CodigoPostal", cp) from absent
