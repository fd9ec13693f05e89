"""What a key may do. Which company it belongs to was found before, by `web/scope.py`."""

from django.http import HttpRequest

from amate.access.models import ApiKey
from amate.web.api.problems import ScopeMissing, WrongMediaType


class Bearer:
    """`auth=Bearer("tickets:read")`: lets the operation run if the key has that scope."""

    openapi_security_schema = {"type": "http", "scheme": "bearer"}

    def __init__(self, scope: str) -> None:
        self.scope = scope

    def __call__(self, request: HttpRequest) -> ApiKey:
        """Raises ScopeMissing."""
        key: ApiKey = request.api_key  # type: ignore[attr-defined]
        if self.scope not in key.scopes:
            raise ScopeMissing(self.scope)
        return key


class BearerWithJson(Bearer):
    """The same, for operations with a body: refuses another media type before the body is read."""

    def __call__(self, request: HttpRequest) -> ApiKey:
        key = super().__call__(request)
        if request.content_type != "application/json":
            raise WrongMediaType
        return key
