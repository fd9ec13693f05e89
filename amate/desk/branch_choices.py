"""The branches that a list may be narrowed to: closed ones too, whose rows are there."""

from collections.abc import Iterable

from amate.companies.models import Branch


def branch_choices() -> Iterable[tuple[str, str]]:
    return [(str(pk), nombre) for pk, nombre in Branch.objects.order_by("id").values_list("id", "nombre")]
