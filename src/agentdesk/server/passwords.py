"""Passwords and tokens: argon2id hashes, random secrets, and comparing in the same time whoever is asked for."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

PASSWORD_MIN = 10
PASSWORD_MAX = 1_000
TOKEN_BYTES = 32

_hasher = PasswordHasher()
_nobody = _hasher.hash(secrets.token_urlsafe(TOKEN_BYTES))


def hash_password(password: str) -> str:
    """The argon2id hash to keep; takes tens of milliseconds on purpose."""
    return _hasher.hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Whether the password is the kept one. Without a kept one it takes as long and says no."""
    try:
        matches = _hasher.verify(kept or _nobody, password)
    except (VerificationError, InvalidHashError):
        return False
    return matches and kept is not None


def new_token() -> str:
    """A secret of 256 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()
