"""What was staged of a batch and never kept, or kept and undone, goes."""

from collections.abc import Collection

from amate.intake.past.models import PastCfdi, PastGap, PastListed, PastNamed, PastOffer, PastPaid


def forget_past(*, batch_ids: Collection[int]) -> None:
    for model in (PastGap, PastOffer, PastListed, PastNamed, PastPaid, PastCfdi):
        model.objects.filter(batch_id__in=batch_ids).delete()
