"""How a mail of the open company leaves: its sender, where answers go, and the account it goes out by."""

from dataclasses import dataclass

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
    """The worker's only: it opens the account's secret. Raises companies.secrets.WrongMasterKey."""
    kept: MailSettings | None = MailSettings.objects.first()
    emisor: Emisor = Emisor.objects.get()
    reply_to = (kept.reply_to if kept else "") or emisor.correo
    usted = kept is not None and kept.usted
    if kept is None or kept.way == MailSettings.HOUSE:
        return Way(emisor, house_sender, reply_to, None, usted)
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
    return Way(emisor, kept.sender, reply_to, account, usted)
