"""Two people change one thing: the second one is told, and what he typed stays on his page."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django import forms
from django.http import HttpRequest

FIELD = "version"  # of the page: what the thing was when it was drawn


def version_of(said: Mapping[str, Any]) -> str:
    """Of what a page shows of a thing. Read it under the thing's lock before the thing is changed."""
    return sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def is_fresh(request: HttpRequest, form: forms.Form, *, version: str, thing: str) -> bool:
    """Whether the page that was sent showed the thing as it is. Otherwise the form says so; drawn again with today's
    version, it is saved by whoever looks and sends it again."""
    if request.POST.get(FIELD, version) == version:
        return True
    form.add_error(None, f"No se guardó: alguien cambió {thing} hace un momento. Revisa y vuelve a guardar")
    return False
