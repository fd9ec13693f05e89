"""How a mail of the open company leaves: its sender, where answers go, and the account it goes out by."""

from dataclasses import dataclass

from amate.adapters.messages import MailAccount
from amate.companies.models import Emisor
from amate.companies.secrets import unseal
from amate.messages.models import MailSettings

SECRET, SIGNING = "mail.secret", "mail.signing"


@dataclass(frozen=True, slots=True)
class Way:
    """`account` None: by the installation's own server."""

    sender: str
    sender_name: str
    reply_to: str
    account: MailAccount | None


def way_out(*, house_sender: str) -> Way:
    """The worker's only: it opens the account's secret. Raises companies.secrets.WrongMasterKey."""
    kept: MailSettings | None = MailSettings.objects.first()
    emisor: Emisor = Emisor.objects.get()
    reply_to = (kept.reply_to if kept else "") or emisor.correo
    if kept is None or kept.way == MailSettings.HOUSE:
        return Way(house_sender, emisor.nombre_comercial, reply_to, None)
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
    return Way(kept.sender, emisor.nombre_comercial, reply_to, account)
