"""Before somebody changes who may enter, she shows once more who she is, unless she did so a moment ago."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from amate.access.models import Role
from amate.web.backoffice.roles import require
from amate.web.clock import real_now

View = Callable[..., HttpResponse]


def asks_again(roles: frozenset[Role]) -> Callable[[View], View]:
    """A POST by one of `roles` goes on only after a fresh password, code or key; then the page shows what was typed."""

    def around(view: View) -> View:
        @wraps(view)
        def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method == "POST":
                require(request, roles)
                if not _is_fresh(request):
                    return redirect(
                        f"{reverse('account_reauthenticate')}?{urlencode({'next': _back_with_all(request)})}"
                    )
            return view(request, *args, **kwargs)

        return asking

    return around


def typed_before(request: HttpRequest, *names: str) -> dict[str, Any]:
    """What was typed when the page had to ask first; nothing on a first visit. Of several values, the list."""
    found = {name: request.GET.getlist(name) for name in names if name in request.GET}
    return {name: said if len(said) > 1 else said[0] for name, said in found.items()}


def _is_fresh(request: HttpRequest) -> bool:
    shown = [record.get("at", 0) for record in get_authentication_records(request, request.user)]
    return bool(shown) and real_now().timestamp() - max(shown) < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def _back_with_all(request: HttpRequest) -> str:
    """The page itself, with what was typed. No form that asks again holds a secret."""
    typed = [(name, one) for name, said in request.POST.lists() if name != "csrfmiddlewaretoken" for one in said]
    return f"{request.path}?{urlencode(typed)}" if typed else request.path
