"""Addresses of the portal, below /f/{slug}/."""

from django.urls import path

from amate.web.portal import (
    ask_for_help,
    badge,
    brand,
    button,
    code,
    details,
    done,
    download,
    holders_note,
    issuing,
    legal,
    linked,
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
    path("nota.pdf", holders_note.holders_note, name="holders_note"),
    path("enviar/", done.send, name="send"),
    path("otra/", done.again, name="again"),
    path("descargar/", download.download, name="download"),
    path("aviso/", notices.notice, name="notice"),
    path("espera/", waiting.wait, name="wait"),
    path("ayuda/", ask_for_help.help_page, name="help"),
    path("privacidad/", legal.privacy, name="privacy"),
    path("accesibilidad/", legal.accessibility, name="accessibility"),
    path("-/marca.css", brand.brand_css, name="brand"),
    path("-/factura.js", button.button_js, name="button"),
    path("-/logo.png", brand.logo_png, name="logo"),
    path("-/logo-<int:branch_id>.png", brand.logo_png, name="branch_logo"),
    path("-/atencion/<str:token>.svg", badge.badge, name="badge"),
    path("d/<str:token>/", linked.linked, name="linked"),
    path("d/<str:token>/factura.pdf", linked.linked_pdf, name="linked_pdf"),
    path("d/<str:token>/factura.xml", linked.linked_xml, name="linked_xml"),
    path("<str:code>/<int:cents>", code.scanned, name="scanned"),
]
