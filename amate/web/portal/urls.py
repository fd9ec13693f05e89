"""Addresses of the portal, below /f/{slug}/."""

from django.urls import path

from amate.web.portal import (
    ask_for_help,
    brand,
    code,
    details,
    done,
    download,
    issuing,
    legal,
    notices,
    review,
    waiting,
)

app_name = "portal"
urlpatterns = [
    path("", code.code, name="code"),
    path("datos/", details.details, name="details"),
    path("datos/fiscal/", details.fiscal, name="fiscal"),
    path("revisar/", review.review, name="review"),
    path("revisar/nombre/", review.suffix, name="suffix"),
    path("emitiendo/", issuing.issuing, name="issuing"),
    path("listo/", done.done, name="done"),
    path("factura.pdf", done.pdf, name="pdf"),
    path("factura.xml", done.xml, name="xml"),
    path("enviar/", done.send, name="send"),
    path("otra/", done.again, name="again"),
    path("descargar/", download.download, name="download"),
    path("aviso/", notices.notice, name="notice"),
    path("espera/", waiting.wait, name="wait"),
    path("ayuda/", ask_for_help.help_page, name="help"),
    path("privacidad/", legal.privacy, name="privacy"),
    path("accesibilidad/", legal.accessibility, name="accessibility"),
    path("-/marca.css", brand.brand_css, name="brand"),
    path("-/logo.png", brand.logo_png, name="logo"),
    path("-/logo-<int:branch_id>.png", brand.logo_png, name="branch_logo"),
    path("<str:code>/<int:cents>", code.scanned, name="scanned"),
]
