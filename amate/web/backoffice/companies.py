"""The companies of a person, or at once the only one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amate.access.models import Membership


@login_required
def companies(request: HttpRequest) -> HttpResponse:
    """Names and RFC are behind each company's own scope, so the list shows the directory's name (DECISIONS A5)."""
    memberships = list(
        Membership.objects.select_related("company").filter(user_id=request.user.pk or 0).order_by("company__slug")
    )
    if len(memberships) == 1:
        return redirect("office:home", slug=memberships[0].company.slug)
    return render(request, "office/companies.html", {"memberships": memberships})
