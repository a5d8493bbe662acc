"""Whose a token is: the host's name for a user, kept as text."""

from typing import Final

LONGEST_USER_ID: Final = 64


class UserId(str):
    """A user id as text, which equals what the host itself calls the user.

    So that `token.user_id == request.authenticated_userid` holds for numbers and UUIDs too.
    Its hash is that of the text: to look one up among numbers, convert it.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other is not None and str.__eq__(self, str(other))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__


def user_id_text(user_id: object | None) -> UserId | None:
    """What a column keeps of a host's user id; None for nobody."""
    return None if user_id is None else UserId(user_id)
