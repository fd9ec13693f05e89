"""Addresses of Ajustes: `/oficina/{slug}/ajustes/…`."""

from django.urls import path

from amate.web.backoffice.settings import branches, brand, company, csd, domain, first_invoice, index, mail, portal

urlpatterns = [
    path("", index.index, name="settings"),
    path("empresa/", company.company, name="settings_company"),
    path("marca/", brand.brand, name="settings_brand"),
    path("marca/logotipo/", brand.logo, name="settings_logo"),
    path("marca/quitar/", brand.no_logo, name="settings_no_logo"),
    path("marca/textos/", brand.texts, name="settings_texts"),
    path("dominio/", domain.domain, name="settings_domain"),
    path("dominio/quitar/", domain.drop, name="settings_no_domain"),
    path("sucursales/", branches.branches, name="settings_branches"),
    path("sucursales/hora/", branches.hour, name="settings_hour"),
    path("sucursales/<int:branch_id>/", branches.branch, name="settings_branch"),
    path("sucursales/<int:branch_id>/cerrar/", branches.close, name="settings_close_branch"),
    path("sucursales/<int:branch_id>/logotipo/", branches.logo, name="settings_branch_logo"),
    path("sucursales/<int:branch_id>/sin-logotipo/", branches.no_logo, name="settings_branch_no_logo"),
    path("sello/", csd.csd, name="settings_csd"),
    path("sello/estado/", csd.verdict, name="settings_verdict"),
    path("correo/", mail.mail, name="settings_mail"),
    path("correo/probar/", mail.test, name="settings_mail_test"),
    path("correo/probar/estado/", mail.verdict, name="settings_mail_verdict"),
    path("portal/", portal.portal, name="settings_portal"),
    path("portal/<int:branch_id>/", portal.portal, name="settings_portal_branch"),
    path("prueba/", first_invoice.first_invoice, name="settings_first_invoice"),
]
