"""Every address of a company's own name: its portal, at the root. No back office, no API, no accounts."""

from django.urls import include, path, register_converter

handler400 = "amate.web.faults.bad_request"
handler403 = "amate.web.faults.forbidden"
handler404 = "amate.web.faults.not_found"
handler500 = "amate.web.faults.server_error"


class Unsaid:
    """The place of the slug below /f/. The name itself says which company it is, so here it takes no letters."""

    regex = ""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return ""


register_converter(Unsaid, "unsaid")

urlpatterns = [
    path("<unsaid:slug>cuenta/", include("amate.web.portal.account.urls")),
    path("<unsaid:slug>", include("amate.web.portal.urls")),
]
