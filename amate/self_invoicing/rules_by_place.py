"""Until when each place invoices its sales, in the words of the one rule: for the portal's questions and the office."""

from collections.abc import Iterable

from amate.companies.models import PortalPolicy
from amate.self_invoicing.rules import Window, in_words

PAUSED = "Por ahora la factura se pide en la tienda."


def rules_by_place(places: Iterable[tuple[str, PortalPolicy | None]]) -> list[tuple[str, str]]:
    """(names of places, their sentence), the places that share one together; the names are empty if all share it.

    `places` as `companies.policies.Portal` has them.
    """
    said: dict[str, list[str]] = {}
    for nombre, policy in places:
        said.setdefault(_sentence(policy), []).append(nombre)
    if len(said) < 2:
        return [("", sentence) for sentence in said]
    return [(", ".join(names), sentence) for sentence, names in said.items()]


def _sentence(policy: PortalPolicy | None) -> str:
    return in_words(Window.of(policy)) if policy is not None and policy.enabled else PAUSED
