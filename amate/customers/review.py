"""A proposal is reviewed: it becomes the current version, or the data that we had stay."""

from datetime import datetime

from amate.audit.record import record
from amate.customers.add import RfcTaken
from amate.customers.current import current_of, dismiss_the_same, make_current
from amate.customers.fingerprint import Changed, of_customer
from amate.customers.models import Customer, FiscalProfile
from amate.customers.remaining import lock_remaining
from amate.customers.rules import is_real


def review_proposal(*, profile_id: int, take: bool, seen: str, now: datetime) -> tuple[Customer, bool]:
    """Take it or dismiss it. Answers the customer, and False when somebody had decided it already: nothing changed then.

    `seen`: fingerprint of the customer that it was compared with. Raises Changed, add.RfcTaken when another customer
    has that RFC, and FiscalProfile.DoesNotExist.
    """
    read = FiscalProfile.objects.get(pk=profile_id, confirmed_at__isnull=False)
    assert read.customer_id is not None  # a constraint: what is confirmed has a customer
    customer = lock_remaining(read.customer_id)
    proposal = FiscalProfile.objects.to_review().filter(pk=profile_id).first()
    if proposal is None:
        return customer, False
    if of_customer(customer, current_of(customer)) != seen:
        raise Changed
    if take:
        other = Customer.objects.live().exclude(pk=customer.pk).filter(rfc=proposal.rfc).first()
        if is_real(proposal.rfc) and other is not None:
            raise RfcTaken(other)
        make_current(profile=proposal, customer=customer, now=now)
        dismiss_the_same(profile=proposal, customer=customer, now=now)
        Customer.objects.filter(pk=customer.pk).update(verified_at=now)
    else:
        FiscalProfile.objects.filter(pk=proposal.pk).update(dismissed_at=now)
    act = "customer.proposal_taken" if take else "customer.proposal_dismissed"
    record(act, about=f"customer:{customer.pk}", now=now, profile=proposal.pk)
    return customer, True
