"""What somebody had typed when a session ended or another tab entered anew: it comes back in a page that sends it again.

Only what a page of ours sent (the browser says so in Origin) is given back: another site must not put its own words into a
form of ours. A password or a file never comes back, so a form that has one is not offered.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

NEVER = frozenset({"csrfmiddlewaretoken"})
LARGEST = 64_000  # characters; as a draft's bytes
# Forms with a secret in a field, below their company's address.
SECRETS = ("ajustes/correo/", "ajustes/pagos/", "ajustes/sello/", "ajustes/sms/")


def offers_again(request: HttpRequest) -> bool:
    """A form that was sent by pressing its button, on one of our own pages."""
    origin, mode = request.headers.get("Origin", ""), request.headers.get("Sec-Fetch-Mode", "navigate")
    if request.method != "POST" or mode != "navigate" or getattr(request, "htmx", False):
        return False
    ours = {f"{request.scheme}://{request.get_host()}", settings.PUBLIC_URL}
    path = request.path_info
    if origin not in ours or not path.startswith(("/oficina/", "/f/")) or any(one in path for one in SECRETS):
        return False
    return not request.FILES and 0 < sum(len(name) + len(value) for name, value in _sent(request)) <= LARGEST


def send_again(request: HttpRequest, *, status: int, title: str, text: str, enter: str = "") -> HttpResponse:
    """`enter`: where one enters in another tab, before sending again."""
    facts = {
        "title": title,
        "text": text,
        "request_id": getattr(request, "request_id", ""),
        "sent": _sent(request),
        "enter": enter,
    }
    return render(request, "faults/send_again.html", facts, status=status)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in request.POST.lists() if name not in NEVER for value in values]
