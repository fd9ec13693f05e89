"""A person's open sessions end: what stood on an older password, role or second step stands no more."""

from allauth.usersessions.models import UserSession


def end_sessions(*, user_id: int, keep: str | None) -> int:
    """End every session of that person but the one whose key is `keep`. Answers how many there were."""
    rows = list(UserSession.objects.filter(user_id=user_id).exclude(session_key=keep or ""))
    for one in rows:
        one.end()
    return len(rows)
