"""`amate openapi`: what `/api/v1/openapi.json` answers, without a server."""

import json
import sys

from django.core.serializers.json import DjangoJSONEncoder

from amate.web.api.api import api


def main() -> int:
    json.dump(api.get_openapi_schema(), sys.stdout, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
    return 0
