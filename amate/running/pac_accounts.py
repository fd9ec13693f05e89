"""Which PACs there are, where, and as whom we call them, from the environment; in the order in which they are asked."""

import os
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from amate.adapters.pac import SPOKEN, Limits, PacAccount
from amate.fiscal.csd import read_certificate

# Where each one serves: its services, and what is asked of the account.
HOSTS = {
    "sw_sapien": ("https://services.sw.com.mx", "https://api.sw.com.mx"),
    "finkok": ("https://facturacion.finkok.com", "https://facturacion.finkok.com"),
}
MOST = 9


class BadAccounts(Exception):
    """The environment names accounts that cannot be used; the message (Spanish) says which variable to mend."""


def pac_accounts() -> list[PacAccount]:
    """The first from `AMATE_PAC`, `AMATE_PAC_URL`, …, the next from `AMATE_PAC_2`, `AMATE_PAC_2_URL`, … Raises BadAccounts.

    Of each: `_URL`, `_API_URL`, `_USER`, `_PASSWORD` (or `_PASSWORD_FILE`), `_RFC`, `_IN_FLIGHT`, `_PER_SECOND`, and
    `_CERTIFICATES`, a folder with the .cer files that verify SelloSAT. One account a PAC: a document remembers its PAC.
    """
    accounts = [_account(name) for name in _names()]
    codes = [account.code for account in accounts]
    twice = next((code for code in codes if codes.count(code) > 1), None)
    if twice:
        raise BadAccounts(f"Hay dos cuentas de {twice} entre AMATE_PAC y AMATE_PAC_2…: deja una de cada PAC.")
    return accounts


def stamp_prices() -> dict[str, Decimal]:
    """Pesos of one stamp by PAC, from `AMATE_PAC_PRICE`, `AMATE_PAC_2_PRICE`… Nobody asks a PAC what it charges: of one
    without a price none is told. Raises BadAccounts."""
    return {
        os.environ.get(name, "sw_sapien"): _pesos(f"{name}_PRICE")
        for name in _names()
        if os.environ.get(f"{name}_PRICE")
    }


def _pesos(variable: str) -> Decimal:
    text = os.environ[variable]
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})?", text):
        raise BadAccounts(f"{variable}={text}: escribe los pesos de un timbre con punto, como 0.85.")
    return Decimal(text)


def _names() -> Iterator[str]:
    yield "AMATE_PAC"
    for number in range(2, MOST + 1):
        if os.environ.get(f"AMATE_PAC_{number}"):
            yield f"AMATE_PAC_{number}"


def _account(name: str) -> PacAccount:
    code = os.environ.get(name, "sw_sapien")
    if code not in HOSTS:
        raise BadAccounts(f"{name}={code}: no hay adaptador para ese PAC. Usa {' o '.join(SPOKEN)}.")
    own_services, own_api = HOSTS[code]
    services = os.environ.get(f"{name}_URL", own_services)
    file = os.environ.get(f"{name}_PASSWORD_FILE")
    return PacAccount(
        code=code,
        services_url=services.rstrip("/"),
        api_url=os.environ.get(f"{name}_API_URL", own_api if services == own_services else services).rstrip("/"),
        user=os.environ.get(f"{name}_USER", ""),
        password=Path(file).read_text().strip() if file else os.environ.get(f"{name}_PASSWORD", ""),
        certificates=_certificates(os.environ.get(f"{name}_CERTIFICATES", "")),
        limits=_limits(name),
        rfc=os.environ.get(f"{name}_RFC", ""),
    )


def _certificates(folder: str) -> dict[str, bytes]:
    found = {}
    for path in sorted(Path(folder).glob("*.cer")) if folder else []:
        der = path.read_bytes()
        found[read_certificate(der).no_certificado] = der
    return found


def _limits(name: str) -> Limits:
    return Limits(
        in_flight=int(_positive(f"{name}_IN_FLIGHT") or Limits().in_flight), per_second=_positive(f"{name}_PER_SECOND")
    )


def _positive(variable: str) -> float | None:
    text = os.environ.get(variable, "")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 10_000:
        raise BadAccounts(f"{variable}={text}: debe ser un número mayor que cero.")
    return number
