"""Everything that can go wrong between us and a PAC, on demand (ENGINE SIM-8)."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from secrets import SystemRandom
from typing import Any

# Kind → what the caller sees. "before" and "after" say whether the document was stamped.
KINDS: Mapping[str, str] = {
    "latency": "la respuesta tarda `ms` (mediana; `sigma` la dispersa)",
    "hang": "no responde nunca",
    "drop_before": "corta la conexión sin timbrar",
    "hang_after": "timbra y calla hasta que quien llama se cansa",
    "drop_after": "timbra y corta la conexión",
    "truncated": "timbra y corta la respuesta a la mitad",
    "500_before": "HTTP 500 sin timbrar",
    "500_after": "timbra y responde HTTP 500",
    "503": "HTTP 503 con Retry-After, sin timbrar",
    "429": "HTTP 429 con Retry-After, sin timbrar",
    "html_200": "una página HTML con HTTP 200, sin timbrar",
    "html_500": "una página HTML con HTTP 500, sin timbrar",
    "json_without_data": "timbra y responde éxito sin data",
    "expired_token": "olvida todas las sesiones y responde 401",
    "no_credits": "responde que la cuenta no tiene timbres",
    "other_tfd": "timbra y devuelve el TFD de otro documento",
    "wrong_sello_sat": "timbra y devuelve un SelloSAT que no verifica",
    "foreign_uuid": "timbra y devuelve un TFD bien firmado con otro UUID",
    "altered_xml": "timbra y devuelve otro contenido",
    "307_without_data": "a lo ya timbrado responde 307 sin data",
    "warned": "timbra y agrega un aviso (Finkok)",
    "forgets": "a `stamped` responde que nunca vio lo que timbró hace menos de 5 minutos (Finkok)",
    "307_http_200": "a lo ya timbrado responde 307 con HTTP 200",
    "307_http_400": "a lo ya timbrado responde 307 con HTTP 400 (lo normal aquí)",
    "cancel_not_done": "responde 201 con acuse y no cancela nada",
    "other_uuid": "cancela, y responde por otro UUID",
    "acuse_malformed": "cancela, y el acuse llega cortado",
    "no_acuse": "cancela, y responde sin acuse",
    "status_lag": "el estado del SAT es el de hace `ms`",
}
# What a fault may strike: one act, or any of them.
ACTS = ("stamp", "cancel", "pending", "answer", "status", "relay", "any")  # relay: a PAC that asks the SAT

_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class Fault:
    """`count` None: until it is removed. `ms` and `sigma` shape latency, `retry_after` (s) goes with 503 and 429; `on`:
    the act it strikes."""

    kind: str
    count: int | None = None
    probability: float = 1.0
    ms: float = 500.0
    sigma: float = 0.0
    retry_after: int = 2
    on: str = "stamp"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such fault: {self.kind!r}; there are {', '.join(KINDS)}")
        if self.on not in ACTS:
            raise ValueError(f"no such act: {self.on!r}; there are {', '.join(ACTS)}")
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability is 0 to 1, not {self.probability}")

    @property
    def delay(self) -> float:
        """Seconds, drawn anew each time: log-normal around the median `ms`."""
        return self.ms / 1000 * math.exp(_random.gauss(0, self.sigma))


def read_fault(said: Mapping[str, Any]) -> Fault:
    """From JSON. Raises ValueError."""
    try:
        return Fault(**said)
    except TypeError as wrong:
        raise ValueError(str(wrong)) from wrong


def read_header(header: str) -> Fault:
    """X-Sim-Fault: `drop_after`, or `latency; ms=200; probability=0.5`. Raises ValueError."""
    kind, *options = [part.strip() for part in header.split(";")]
    said: dict[str, Any] = {"kind": kind}
    for option in options:
        name, _, value = option.partition("=")
        said[name.strip()] = float(value)
    return read_fault(said)


def draw(faults: list[Fault], *, act: str = "stamp") -> tuple[dict[str, Fault], list[Fault]]:
    """Which faults strike this request, and what is left of them afterwards."""
    struck: dict[str, Fault] = {}
    left: list[Fault] = []
    for fault in faults:
        meant = fault.on in (act, "any")
        strikes = meant and (fault.probability >= 1 or _random.random() < fault.probability)
        if strikes:
            struck.setdefault(fault.kind, fault)
        if not strikes or fault.count is None:
            left.append(fault)
        elif fault.count > 1:
            left.append(replace(fault, count=fault.count - 1))
    return struck, left


def as_json(fault: Fault) -> dict[str, Any]:
    return asdict(fault)
