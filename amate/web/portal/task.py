"""By the link of a technician's mail: what is to be turned on or off, and the button that says that it is. A GET says
nothing, so that whoever looks at a mail before its reader (a scanner does) settles no order."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from amate.billing_cycle.service.models import Desired
from amate.billing_cycle.service.technician import Work, find_task
from amate.billing_cycle.service.tell_done import Meanwhile, tell_done
from amate.web import clock
from amate.web.portal.guard import count_miss, guess_of, must_wait
from amate.web.portal.page import page
from amate.web.portal.shop import shop_of
from amate.web.portal.waiting import too_many


@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    now, shop = clock.now(), shop_of(request)
    guess = guess_of(request, code=token[:100])
    if wait := must_wait(guess, now=now):
        return too_many(request, shop, wait, now=now)
    found = find_task(token)
    if found is None:
        count_miss(request, guess, now=now, refuse=lambda wait: too_many(request, shop, wait, now=now))
        return page(request, "task_gone", shop=shop, status=404)
    if request.method == "POST":
        if found.work == Work.DUE:
            with suppress(Meanwhile):  # the page that follows says what is wanted by now
                tell_done(service_id=found.service.pk, gen=found.gen, by=found.mail, now=now)
        return redirect(request.path)
    return page(
        request,
        "task",
        shop=shop,
        service=found.service,
        work=found.work.value,
        suspend=found.service.desired == Desired.SUSPENDED,
    )
