"""What a person is told of one cause."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """`page`: below `/oficina/{slug}/`."""

    subject: str
    what: str
    then: str
    button: str
    page: str
