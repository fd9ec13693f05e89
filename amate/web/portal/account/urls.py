"""Addresses of a customer's own page, below /f/{slug}/cuenta/."""

from django.urls import path

from amate.web.portal.account import ask_for_link, asks, documents, home, once, pay, statement

app_name = "own"
urlpatterns = [
    path("", ask_for_link.ask_for_link, name="ask_for_link"),
    path("una-vez/<str:token>/", once.once, name="once"),
    path("de-regreso/<str:reference>/<str:token>/", pay.back, name="back"),
    path("<str:token>/", home.home, name="home"),
    path("<str:token>/estado/", statement.statement, name="statement"),
    path("<str:token>/estado.pdf", statement.statement_pdf, name="statement_pdf"),
    path("<str:token>/estado.xlsx", statement.statement_xlsx, name="statement_xlsx"),
    path("<str:token>/documentos/", documents.documents, name="documents"),
    path("<str:token>/documentos/<int:invoice_id>.pdf", documents.document_pdf, name="document_pdf"),
    path("<str:token>/documentos/<int:invoice_id>.xml", documents.document_xml, name="document_xml"),
    path("<str:token>/pagar/<int:account_id>/<int:receivable_id>/", pay.pay, name="pay"),
    *(
        path(f"<str:token>/{word}/", asks.ask, {"word": word}, name=f"ask_{one.purpose}")
        for word, one in asks.BY_WORD.items()
    ),
]
