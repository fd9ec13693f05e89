"""How OpenAPI describes an answer that is a file."""

from typing import Any


def _described(*media_types: str) -> dict[str, Any]:
    contents = {one: {"schema": {"type": "string", "contentMediaType": one}} for one in media_types}
    return {"responses": {200: {"description": "OK", "content": contents}}}


PDF = _described("application/pdf")
XML = _described("application/xml")
TEXT = _described("text/plain")
ESCPOS = _described("application/octet-stream")
