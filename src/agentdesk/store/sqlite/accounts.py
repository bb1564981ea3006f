"""Users, tokens and files. Each function takes a connection; writes are inside the caller's transaction."""

from __future__ import annotations

import sqlite3

import msgspec

from agentdesk.store.base import FileBlob, Token, User
from agentdesk.store.sqlite.rows import body
from agentdesk.store.statements import statements

_SQL = statements("accounts")
_user = msgspec.json.Decoder(User)
_token = msgspec.json.Decoder(Token)
PRUNE_STEP = 1_000
PRUNE_FILES_STEP = 10
"""Files may be large, and commits wait while one step runs."""


def put_user(connection: sqlite3.Connection, user: User) -> None:
    """Write a user, new or changed."""
    connection.execute(_SQL["put_user"], (user.id, body(user)))
    connection.execute(_SQL["accounts_changed"])


def user(connection: sqlite3.Connection, user_id: str) -> User | None:
    """One user."""
    row = connection.execute(_SQL["user"], (user_id,)).fetchone()
    return None if row is None else _user.decode(row[0])


def users(connection: sqlite3.Connection) -> list[User]:
    """Every user by id."""
    return [_user.decode(text) for (text,) in connection.execute(_SQL["users"])]


def put_token(connection: sqlite3.Connection, token: Token) -> None:
    """Write a token, new or changed."""
    connection.execute(_SQL["put_token"], (token.hash, token.user, token.expires_ms, body(token)))
    connection.execute(_SQL["accounts_changed"])


def revoke_token(connection: sqlite3.Connection, token_hash: str) -> bool:
    """Mark a token as revoked; tell whether it is known and was not."""
    found = token(connection, token_hash)
    if found is None or found.revoked:
        return False
    put_token(connection, msgspec.structs.replace(found, revoked=True))
    return True


def token(connection: sqlite3.Connection, token_hash: str) -> Token | None:
    """One token."""
    row = connection.execute(_SQL["token"], (token_hash,)).fetchone()
    return None if row is None else _token.decode(row[0])


def tokens(connection: sqlite3.Connection, user: str) -> list[Token]:
    """Every token, or those of one user."""
    found = connection.execute(_SQL["tokens_of"], (user,)) if user else connection.execute(_SQL["tokens"])
    return [_token.decode(text) for (text,) in found]


def put_file(connection: sqlite3.Connection, blob: FileBlob) -> None:
    """Write a file."""
    row = (blob.id, blob.name, blob.media_type, blob.data, blob.owner, blob.at_ms)
    connection.execute(_SQL["put_file"], row)
    connection.execute(_SQL["put_upload"], (blob.id, blob.at_ms))


def file(connection: sqlite3.Connection, file_id: str) -> FileBlob | None:
    """One file."""
    row = connection.execute(_SQL["file"], (file_id,)).fetchone()
    return None if row is None else FileBlob(*row)


def prune_some(connection: sqlite3.Connection, before_ms: int, unsent_before_ms: int) -> int:
    """Drop a bounded number of old rows and unsent files; 0 when none is left."""
    gone = connection.execute(_SQL["prune_repeats"], {"before": before_ms, "step": PRUNE_STEP}).rowcount
    gone += connection.execute(_SQL["prune_tokens"], (before_ms, PRUNE_STEP)).rowcount
    gone += connection.execute(_SQL["prune_files"], (unsent_before_ms, PRUNE_FILES_STEP)).rowcount
    connection.execute(_SQL["prune_uploads"], (unsent_before_ms,))
    return gone
