"""How OpenAPI describes an answer that is a file."""

from typing import Any


def _described(media_type: str) -> dict[str, Any]:
    binary = {"schema": {"type": "string", "contentMediaType": media_type}}
    return {"responses": {200: {"description": "OK", "content": {media_type: binary}}}}


PDF = _described("application/pdf")
XML = _described("application/xml")
