"""A finding at the element it is about: its path is looked for only when there is something to say."""

from lxml import etree

from amate.fiscal.rules.finding import Finding, error, warning
from amate.fiscal.schema import path_of


def error_at(code: str, element: etree._Element, attribute: str | None, message: str) -> Finding:
    return error(code, path_of(element, attribute), message)


def warning_at(code: str, element: etree._Element, attribute: str | None, message: str) -> Finding:
    return warning(code, path_of(element, attribute), message)
