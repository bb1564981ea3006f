"""Access tokens for mailboxes and relays that take no password (Gmail, Microsoft 365): fetched with a refresh token,
kept until shortly before they end."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic

from imapclient import IMAPClient

from agentdesk.channels.email.imap import Sign
from agentdesk.errors import DeskError

TIMEOUT_S = 15.0
EARLY_S = 60.0
"""How long before its end a token is no longer used."""
LIFE_S = 300.0
"""How long a token is kept whose end the server doesn't say."""


class TokenRefused(DeskError):
    """The token server would not give an access token."""

    title = "No access to the mailbox"


@dataclass(frozen=True)
class OAuthClient:
    """Who we are to the token server; the refresh token comes from the consent that an admin gave."""

    token_url: str
    client_id: str
    client_secret: str
    refresh_token: str
    scope: str = ""


class RefreshedTokens:
    """Asks the token server (RFC 6749, section 6) when the last token is about to end. Safe from any thread."""

    def __init__(self, client: OAuthClient) -> None:
        self._client = client
        self._refresh_token = client.refresh_token
        self._lock = threading.Lock()
        self._token = ""
        self._ends_s = 0.0

    def token(self) -> str:
        """An access token that is good for a while. TokenRefused when there is none to be had."""
        with self._lock:
            if not self._token or monotonic() >= self._ends_s:
                self._refresh()
            return self._token

    def forget(self) -> None:
        """The token was refused although its time was not over: the next one is fetched."""
        with self._lock:
            self._token = ""

    def _refresh(self) -> None:
        # It brings a library for terminals with it, which a server without such mailboxes has no use for.
        import httpx

        client = self._client
        form = {
            "grant_type": "refresh_token",
            "client_id": client.client_id,
            "client_secret": client.client_secret,
            "refresh_token": self._refresh_token,
            **({"scope": client.scope} if client.scope else {}),
        }
        try:
            answer = httpx.post(client.token_url, data=form, timeout=TIMEOUT_S)
            found = answer.json()
        except (httpx.HTTPError, ValueError) as problem:
            why = f"{client.token_url} gave no answer that can be read ({type(problem).__name__})"
            raise TokenRefused(why, "It is tried again; check the address and the network.") from None
        if answer.is_error or not isinstance(found, dict) or not isinstance(found.get("access_token"), str):
            raise TokenRefused(f"{client.token_url} answered {_reason(found)}", REMEDY)
        self._token = found["access_token"]
        self._refresh_token = str(found.get("refresh_token") or self._refresh_token)
        life_s = found.get("expires_in")
        self._ends_s = monotonic() + (float(life_s) if isinstance(life_s, int | float) else LIFE_S) - EARLY_S


REMEDY = "Give consent anew and put the new refresh token into the settings."


def _reason(found: object) -> str:
    if not isinstance(found, dict):
        return "something else than a token"
    return str(found.get("error_description") or found.get("error") or "without a token")[:300]


def signs_in_with(tokens: RefreshedTokens, user: str) -> Sign:
    """How `channels.email.imap` signs in with them."""

    def sign(client: IMAPClient) -> object:
        try:
            return client.oauth2_login(user, tokens.token())
        except Exception:
            tokens.forget()
            raise

    return sign
