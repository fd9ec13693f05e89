"""Reading invoices: by the SAT's number, and the lists of the back office."""

import re
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from amate.invoices.models import ON_THE_WAY, Invoice, Origin, Stamp, State

NUMBER = re.compile(r"(?:(?P<serie>[A-Z0-9]*[A-Z](?:-(?:NC|G|P))?)-?)?(?P<folio>[0-9]{1,18})")
# Collation C orders by code point: "Ñ" comes after "Z".
LAST = "\U0010ffff"
RFC_START = re.compile(r"[A-ZÑ&]{1,4}[0-9]{0,6}[A-Z0-9]{0,3}")


def stamp_of_uuid(uuid: UUID) -> Stamp | None:
    """The stamp of a folio fiscal, with its invoice and branch."""
    stamp: Stamp | None = Stamp.objects.select_related("invoice__branch").filter(uuid=uuid).first()
    return stamp


def stamped_since(moment: datetime, *, origin: Origin) -> int:
    return int(Invoice.objects.filter(state=State.STAMPED, stamped_at__gte=moment, origin=origin).count())


def on_the_way() -> int:
    """Decided and not stamped yet: nobody has to do anything."""
    return int(Invoice.objects.filter(state__in=ON_THE_WAY).count())


def refused_for_staff() -> list[int]:
    """Ids of what was refused for a cause that is the company's or ours; their buyers wait."""
    refused = Invoice.objects.refused_for_staff()
    return list(refused.values_list("pk", flat=True))


def meant(text: str) -> Q:
    """Invoices that somebody who typed this may mean: a UUID, a number ("A-123", "123") or the beginning of an RFC; else a
    part of the name."""
    try:
        return Q(uuid=UUID(text))
    except ValueError:
        pass
    upper = text.upper()
    found = Q(nombre__contains=upper)
    if number := NUMBER.fullmatch(upper):  # "XOJI7" may be a number, and is the beginning of an RFC too
        found |= Q(folio=int(number["folio"]), **({"serie": number["serie"]} if number["serie"] else {}))
    if RFC_START.fullmatch(upper):
        # A range, because LIKE cannot use an index under row-level security (DECISIONS A3b).
        found |= Q(rfc__gte=upper, rfc__lte=upper.ljust(13, LAST))
    return found
