"""The companies of a person, or at once the only one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from amate.access.models import Membership
from amate.companies.models import Emisor
from amate.tenancy.scope import company_scope


@login_required
def companies(request: HttpRequest) -> HttpResponse:
    """Each name is behind its company's own scope (DECISIONS A5): a person has few companies."""
    memberships = list(
        Membership.objects.select_related("company").filter(user_id=request.user.pk or 0).order_by("company__slug")
    )
    if len(memberships) == 1:
        return redirect("office:home", slug=memberships[0].company.slug)
    doors = []
    for membership in memberships:
        with company_scope(membership.company_id):
            doors.append((membership, Emisor.objects.values_list("nombre_comercial", "rfc").get()))
    return render(request, "office/companies.html", {"doors": doors})
