"""Where a company sends who may not enter before there is a second step."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from amate.access.models import Membership
from amate.access.second_step import owes_second_step
from amate.companies.models import Emisor
from amate.tenancy.scope import company_scope


@login_required
@require_safe
def second_step_due(request: HttpRequest, slug: str) -> HttpResponse:
    """Back to the company once nothing is owed."""
    mine = Membership.objects.select_related("company__entry_rule").filter(user_id=request.user.pk or 0)
    member = mine.filter(company__slug=slug).first()
    if member is None:
        raise Http404
    if not owes_second_step(member):
        return redirect("office:home", slug=slug)
    with company_scope(member.company_id):
        company = Emisor.objects.values_list("nombre_comercial", flat=True).get()
    return render(request, "account/second_step_due.html", {"company": company})
