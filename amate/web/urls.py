"""Every address of the product."""

from allauth.account import views as account
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from amate.web import (
    change_mail,
    forgotten_password,
    health,
    invitation,
    mail_notices,
    metrics,
    payment_notices,
    second_step_due,
    setup,
)
from amate.web.backoffice import sessions

handler400 = "amate.web.faults.bad_request"
handler403 = "amate.web.faults.forbidden"
handler404 = "amate.web.faults.not_found"
handler429 = "amate.web.faults.too_many"  # allauth's
handler500 = "amate.web.faults.server_error"

# Only these of allauth's: nobody signs up, and what asks for a mail is ours (the worker sends it).
of_an_account = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("sesiones/", sessions.sessions, name="account_sessions"),
    path("sesiones/cerrar/", sessions.end, name="account_sessions_end"),
    path("invitacion/<str:token>/", invitation.invitation, name="account_invitation"),
    path("segundo-paso/<slug:slug>/", second_step_due.second_step_due, name="account_second_step"),
    path("correo/", change_mail.ask, name="account_change_mail"),
    path("correo/<str:token>/", change_mail.confirm, name="account_confirm_mail"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", forgotten_password.forgotten, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
]

urlpatterns = [
    path("", RedirectView.as_view(url="/oficina/")),
    path("salud/", health.alive, name="health"),
    path("salud/web/", health.web, name="health_web"),
    path("empezar/<str:token>", setup.begin, name="setup"),
    path("metrics", metrics.metrics, name="metrics"),
    path("f/<slug:slug>/cuenta/", include("amate.web.portal.account.urls")),
    path("f/<slug:slug>/", include("amate.web.portal.urls")),
    path("avisos/<slug:slug>/correo/", mail_notices.mail_notices, name="mail_notices"),
    path("avisos/<slug:slug>/pagos/<int:account_id>/", payment_notices.payment_notices, name="payment_notices"),
    path("oficina/", include("amate.web.backoffice.urls")),
    path("cuenta/", include(of_an_account)),
    path("cuenta/2fa/", include("allauth.mfa.urls")),
    path("api/", include("amate.web.api.urls")),
]
