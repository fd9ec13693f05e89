"""Every address of the product."""

from django.urls import include, path
from django.views.generic import RedirectView

from amate.web import health

handler400 = "amate.web.faults.bad_request"
handler403 = "amate.web.faults.forbidden"
handler404 = "amate.web.faults.not_found"
handler500 = "amate.web.faults.server_error"

urlpatterns = [
    path("", RedirectView.as_view(url="/oficina/")),
    path("salud/", health.alive, name="health"),
    path("f/<slug:slug>/", include("amate.web.portal.urls")),
    path("oficina/", include("amate.web.backoffice.urls")),
    path("cuenta/", include("allauth.account.urls")),
    path("cuenta/2fa/", include("allauth.mfa.urls")),
    path("api/", include("amate.web.api.urls")),
]
