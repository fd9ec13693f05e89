"""Files among the answers: their headers."""

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

FILE_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def paper_language(request: HttpRequest) -> str:
    """`?idioma=en` asks for a paper with English labels; whatever else it says, Spanish."""
    return "en" if request.GET.get("idioma") == "en" else "es"


def pdf_response(content: bytes, *, name: str) -> HttpResponse:
    return _file(content, "application/pdf", name)


def shown_pdf(content: bytes, *, name: str) -> HttpResponse:
    """One that the browser shows, to be looked at or printed; `name` is for who keeps it."""
    answer = _file(content, "application/pdf", name)
    answer["Content-Disposition"] = str(content_disposition_header(False, name))
    return answer


def xml_response(content: bytes, *, name: str) -> HttpResponse:
    return _file(content, "application/xml", name)


def sheet_response(content: bytes, *, name: str) -> HttpResponse:
    """`name` ends in what FILE_TYPES knows."""
    return _file(content, FILE_TYPES[name.rpartition(".")[2]], name)


def attached(name: str) -> str:
    """Content-Disposition. `name` may hold what an RFC may: Ñ and &."""
    return str(content_disposition_header(True, name))


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = attached(name)
    return answer
