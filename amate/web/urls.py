"""Every address of the product."""

from allauth.account import views as account
from django.urls import include, path
from django.views.generic import RedirectView

from amate.web import health, invitation, mail_notices, metrics, setup
from amate.web.backoffice import sessions

handler400 = "amate.web.faults.bad_request"
handler403 = "amate.web.faults.forbidden"
handler404 = "amate.web.faults.not_found"
handler429 = "amate.web.faults.too_many"  # allauth's
handler500 = "amate.web.faults.server_error"

# Only these of allauth's: who forgets a password asks the owner, and the web sends no mail.
of_an_account = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("sesiones/", sessions.sessions, name="account_sessions"),
    path("sesiones/cerrar/", sessions.end, name="account_sessions_end"),
    path("invitacion/<str:token>/", invitation.invitation, name="account_invitation"),
    path("password/change/", account.password_change, name="account_change_password"),
]

urlpatterns = [
    path("", RedirectView.as_view(url="/oficina/")),
    path("salud/", health.alive, name="health"),
    path("empezar/<str:token>", setup.begin, name="setup"),
    path("metrics", metrics.metrics, name="metrics"),
    path("f/<slug:slug>/", include("amate.web.portal.urls")),
    path("avisos/<slug:slug>/correo/", mail_notices.mail_notices, name="mail_notices"),
    path("oficina/", include("amate.web.backoffice.urls")),
    path("cuenta/", include(of_an_account)),
    path("cuenta/2fa/", include("allauth.mfa.urls")),
    path("api/", include("amate.web.api.urls")),
]
