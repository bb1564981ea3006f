"""Users and tokens straight in the database, for commands on the host; a running server sees what changed."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from agentdesk.config import ServerSettings
from agentdesk.errors import DeskError
from agentdesk.server.clock import SystemClock
from agentdesk.server.passwords import hash_password, new_token, token_hash
from agentdesk.store.base import AuditEntry, Store, Token, User
from agentdesk.store.sqlite import open_store

DAY_MS = 86_400_000


def who_on_host() -> str:
    """Who runs a command here, for the audit log."""
    try:
        return f"{getpass.getuser()} (host)"
    except (OSError, KeyError):
        return "host"


@contextmanager
def accounts(settings: ServerSettings, *, make: bool = False) -> Iterator[Accounts]:
    """The accounts of these settings' database, closed afterwards. A server may run on it, unless it is to be made."""
    store = open_store(settings.database, deciding=make)
    try:
        yield Accounts(store, SystemClock().now_ms())
    finally:
        store.close()


class Accounts:
    """What may be done with users and tokens on the host. Each change is one short transaction."""

    def __init__(self, store: Store, now_ms: int) -> None:
        self._store = store
        self._now_ms = now_ms

    def all(self) -> list[User]:
        """Every user, by sign-in name."""
        return sorted(self._store.users(), key=lambda user: user.id)

    def find(self, user_id: str) -> User | None:
        """A user, or None."""
        return self._store.user(user_id)

    def get(self, user_id: str) -> User:
        """A user who has to be there."""
        user = self.find(user_id)
        if user is None:
            raise DeskError(
                f"there is no user {user_id}", "See: agentdesk server user list", title="Nothing was changed"
            )
        return user

    def create(self, user: User, password: str) -> None:
        """Add a user with a password."""
        hashed = hash_password(password)
        self._store.put_user(msgspec.structs.replace(user, password=hashed, created_ms=self._now_ms))
        self._note("user add", f"Added {user.role} {user.id}.")

    def save(self, user: User) -> None:
        """Write a user as they are now."""
        before = self._store.user(user.id)
        self._store.put_user(user)
        changed = [
            name for name in user.__struct_fields__ if before is None or getattr(before, name) != getattr(user, name)
        ]
        self._note("user change", f"Changed {', '.join(changed) or 'nothing'} of {user.id}.")

    def set_password(self, user: User, password: str) -> int:
        """Give a new password and end every sign-in with the old one; return how many."""
        self._store.put_user(msgspec.structs.replace(user, password=hash_password(password)))
        self._note("user passwd", f"Gave {user.id} a new password.")
        return self._revoke_all(user.id)

    def disable(self, user: User) -> int:
        """Keep a user out and end their sign-ins; return how many."""
        self._store.put_user(msgspec.structs.replace(user, disabled=True))
        self._note("user disable", f"Disabled {user.id}.")
        return self._revoke_all(user.id)

    def tokens(self, user_id: str = "") -> list[Token]:
        """Tokens that are not revoked, of one user or of all, newest first."""
        kept = [token for token in self._store.tokens(user_id) if not token.revoked]
        return sorted(kept, key=lambda token: -token.created_ms)

    def create_token(self, user: User, label: str, days: int | None) -> str:
        """Make a token and return its secret, which is not kept."""
        secret = new_token()
        expires_ms = None if days is None else self._now_ms + days * DAY_MS
        token = Token(token_hash(secret), user.id, label, created_ms=self._now_ms, expires_ms=expires_ms)
        self._store.put_token(token)
        self._note("token create", f"Made a token for {user.id}.")
        return secret

    def revoke(self, token: Token) -> None:
        """End what the token opened."""
        self._store.revoke_token(token.hash)
        self._note("token revoke", f"Revoked a token of {token.user}.")

    def _note(self, action: str, about: str) -> None:
        self._store.put_audit(AuditEntry(0, self._now_ms, who_on_host(), action, about))

    def _revoke_all(self, user_id: str) -> int:
        tokens = self.tokens(user_id)
        for token in tokens:
            self._store.revoke_token(token.hash)
        return len(tokens)
