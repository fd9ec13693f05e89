"""Which mail of an account keeps which promise."""

from datetime import datetime

from amate.adapters.messages import Outgoing
from amate.messages.mail_account import prepare_mail_change, prepare_notice, prepare_password_reset
from amate.messages.way import Way
from amate.promises.lease import Lease
from amate.worker.plugs import Plugs


def prepare_account_mail(plugs: Plugs, lease: Lease, way: Way) -> tuple[int, Outgoing] | None:
    """Inside the scope of the lease's company."""
    said, account = lease.args, f"{plugs.public_url}/cuenta/"
    if lease.kind == "reset_password":
        return prepare_password_reset(
            user_id=said["user_id"],
            key=said["message"],
            site=f"{account}password/reset/key/",
            way=way,
            now=plugs.clock(),
        )
    if lease.kind == "change_mail":
        return prepare_mail_change(
            user_id=said["user_id"],
            to=said["to"],
            key=said["message"],
            site=f"{account}correo/",
            way=way,
            now=plugs.clock(),
        )
    return prepare_notice(
        user_id=said["user_id"],
        notice=said["notice"],
        at=datetime.fromisoformat(said["moment"]),
        to=said["to"],
        key=said["message"],
        site=f"{account}2fa/",
        way=way,
        now=plugs.clock(),
    )
