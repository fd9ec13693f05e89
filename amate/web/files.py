"""Files among the answers: their headers."""

from django.http import HttpResponse


def pdf_response(content: bytes, *, name: str) -> HttpResponse:
    return _file(content, "application/pdf", name)


def xml_response(content: bytes, *, name: str) -> HttpResponse:
    return _file(content, "application/xml", name)


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    """`name` is made of our own codes: letters, digits, dots and hyphens."""
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
