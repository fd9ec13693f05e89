"""Where the SAT tells how a CFDI stands."""

import os

from django.conf import settings

from amate.adapters.pac.sat_status import SAT_URL

STATUS_PATH = "/ConsultaCFDIService.svc"


def sat_status_url() -> str:
    """`AMATE_SAT_STATUS_URL`; beside the simulator it is the simulator's, and otherwise the SAT's own."""
    beside = os.environ.get("AMATE_PAC_URL", "").rstrip("/") + STATUS_PATH if settings.PAC_IS_SIMULATOR else SAT_URL
    return os.environ.get("AMATE_SAT_STATUS_URL", beside)
