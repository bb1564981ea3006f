"""Signed tokens in the Message-ID and the Reply-To address of what the desk sends: who has one was written to. Pure.

The signature is an HMAC with the server's key, cut to 80 bits, in letters and digits that survive a change of case.
A key has an id, so that a new one can take over while answers to older mails still come in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping

import msgspec

_SIGNATURE_BYTES = 10
_MESSAGE = re.compile(r"ad\.(\d{1,19})\.(\d{1,19})\.([a-z0-9]{1,8})\.([a-z2-7]{16})@", re.IGNORECASE)
_PLUS = re.compile(r"\+ad-(\d{1,19})-([a-z0-9]{1,8})-([a-z2-7]{16})@", re.IGNORECASE)
KEY_BYTES_MIN = 16


class Keys(msgspec.Struct, frozen=True):
    """The server's keys by id (up to eight lower-case letters and digits), and which of them signs."""

    keys: Mapping[str, bytes]
    current: str

    def __post_init__(self) -> None:
        assert self.current in self.keys
        assert all(re.fullmatch("[a-z0-9]{1,8}", name) and len(key) >= KEY_BYTES_MIN for name, key in self.keys.items())


class Signed(msgspec.Struct, frozen=True):
    """What a token says: the interaction, and which of its messages (0 in an address)."""

    interaction_id: int
    number: int


def message_id(keys: Keys, interaction_id: int, number: int, domain: str) -> str:
    """The Message-ID, without brackets, of an interaction's message of that number; the same for the same."""
    signature = _signature(keys.keys[keys.current], "message", interaction_id, number)
    return f"ad.{interaction_id}.{number}.{keys.current}.{signature}@{domain}"


def reply_address(keys: Keys, interaction_id: int, address: str) -> str:
    """The address to which answers go: the desk's own with a signed tag."""
    local, _, domain = address.rpartition("@")
    signature = _signature(keys.keys[keys.current], "address", interaction_id, 0)
    return f"{local}+ad-{interaction_id}-{keys.current}-{signature}@{domain}"


def in_message_id(keys: Keys, text: str) -> Signed | None:
    """What a Message-ID says, if one of our keys signed it."""
    found = _MESSAGE.match(text)
    if found is None:
        return None
    said = Signed(int(found[1]), int(found[2]))
    return said if _is_signed(keys, found[3], "message", said, found[4]) else None


def in_address(keys: Keys, address: str) -> Signed | None:
    """What an address says, if one of our keys signed it."""
    found = _PLUS.search(address)
    if found is None:
        return None
    said = Signed(int(found[1]), 0)
    return said if _is_signed(keys, found[2], "address", said, found[3]) else None


def _is_signed(keys: Keys, key_id: str, use: str, said: Signed, signature: str) -> bool:
    key = keys.keys.get(key_id.lower())
    if key is None:
        return False
    return hmac.compare_digest(_signature(key, use, said.interaction_id, said.number), signature.lower())


def _signature(key: bytes, use: str, interaction_id: int, number: int) -> str:
    digest = hmac.new(key, f"{use} {interaction_id} {number}".encode("ascii"), hashlib.sha256).digest()
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode("ascii").lower()
