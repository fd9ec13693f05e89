"""How a mail of the open company leaves: its sender, where answers go, and the account it goes out by."""

from dataclasses import dataclass, replace

from amate.adapters.messages import MailAccount
from amate.companies.models import Emisor
from amate.companies.secrets import unseal
from amate.messages.models import MailSettings

SECRET, SIGNING = "mail.secret", "mail.signing"


@dataclass(frozen=True, slots=True)
class Way:
    """`account` None: by the installation's own server. `emisor` and `usted` are for the letterhead."""

    emisor: Emisor
    sender: str
    reply_to: str
    account: MailAccount | None
    usted: bool = False


def way_out(*, house_sender: str) -> Way:
    """As the company chose. The worker's only: it opens the account's secret. Raises companies.secrets.WrongMasterKey."""
    kept: MailSettings | None = MailSettings.objects.first()
    if kept is None or kept.way == MailSettings.HOUSE:
        return _by_the_house(kept, house_sender=house_sender)
    account = MailAccount(
        way=kept.way,
        host=kept.host,
        port=kept.port,
        tls=kept.tls,
        user=kept.user,
        secret=unseal(bytes(kept.sealed_secret), field=SECRET).decode() if kept.sealed_secret else "",
        domain=kept.domain,
        region=kept.region,
    )
    return replace(_by_the_house(kept, house_sender=kept.sender), account=account)


def house_way(*, house_sender: str) -> Way:
    """By the installation's own server, whatever the company chose."""
    return _by_the_house(MailSettings.objects.first(), house_sender=house_sender)


def _by_the_house(kept: MailSettings | None, *, house_sender: str) -> Way:
    emisor: Emisor = Emisor.objects.get()
    reply_to = (kept.reply_to if kept else "") or emisor.correo
    return Way(emisor, house_sender, reply_to, None, usted=kept is not None and kept.usted)
