"""Where the PAC is and as whom we call it, from the environment."""

import os
from pathlib import Path

from amate.adapters.pac import PacAccount
from amate.fiscal.csd import read_certificate

SW_SERVICES = "https://services.sw.com.mx"
SW_API = "https://api.sw.com.mx"


def pac_account() -> PacAccount:
    """`AMATE_PAC_URL`, `AMATE_PAC_API_URL`, `AMATE_PAC_USER`, `AMATE_PAC_PASSWORD` (or `_FILE`), and
    `AMATE_PAC_CERTIFICATES`, a folder with the .cer files that verify SelloSAT."""
    services = os.environ.get("AMATE_PAC_URL", SW_SERVICES)
    file = os.environ.get("AMATE_PAC_PASSWORD_FILE")
    folder = os.environ.get("AMATE_PAC_CERTIFICATES", "")
    certificates = {}
    for path in sorted(Path(folder).glob("*.cer")) if folder else []:
        der = path.read_bytes()
        certificates[read_certificate(der).no_certificado] = der
    return PacAccount(
        code=os.environ.get("AMATE_PAC", "sw_sapien"),
        services_url=services,
        api_url=os.environ.get("AMATE_PAC_API_URL", SW_API if services == SW_SERVICES else services),
        user=os.environ.get("AMATE_PAC_USER", ""),
        password=Path(file).read_text().strip() if file else os.environ.get("AMATE_PAC_PASSWORD", ""),
        certificates=certificates,
    )
