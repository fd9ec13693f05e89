"""When a session of staff was last seen, and from where: noted now and then, not with every page."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

from amate.web.clock import now

Answer = Callable[[HttpRequest], HttpResponse]
EVERY = 300  # seconds
NOTED = "seen"


def last_seen(get_response: Answer) -> Answer:
    """Outside any scope, after the person is known. The session itself remembers when it was last noted."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(("/oficina/", "/cuenta/")) and request.user.is_authenticated:
            moment = int(now().timestamp())
            if moment - request.session.get(NOTED, 0) >= EVERY:
                UserSession.objects.create_from_request(request)
                request.session[NOTED] = moment
        return get_response(request)

    return middleware
