"""Mailboxes as the settings name them: which one an address means, how each is read, and what it sends through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from agentdesk.channels.email.compose import is_address
from agentdesk.channels.email.imap import ImapPlace, Sign
from agentdesk.channels.email.oauth import OAuthClient, RefreshedTokens, signs_in_with
from agentdesk.channels.email.smtp import Relay, Token
from agentdesk.config.email import EmailSettings, ImapSettings, MailboxSettings, OAuthSettings, SmtpSettings
from agentdesk.config.server import QueueSettings
from agentdesk.core.model import EMAIL
from agentdesk.errors import SettingsError

_TAG = re.compile(r"\+[^@]*@")


def bare(address: str) -> str:
    """An address without its tag and in lower case: what two spellings of a mailbox have in common."""
    return _TAG.sub("@", address.strip()).casefold()


class Boxes:
    """The mailboxes, by address and by id."""

    def __init__(self, settings: EmailSettings, queues: Iterable[QueueSettings]) -> None:
        self._settings = settings
        self._by_address = {bare(box.address): box for box in settings.mailboxes}
        self._by_id = {box.id: box for box in settings.mailboxes}
        taking = [queue.id for queue in queues if EMAIL in queue.channels]
        self._queues = {box.id: box.queue if box.queue in taking else next(iter(taking), "") for box in self}

    def __iter__(self) -> Iterator[MailboxSettings]:
        return iter(self._settings.mailboxes)

    def for_address(self, address: str) -> MailboxSettings | None:
        """The mailbox that an address means, with a tag or without."""
        return self._by_address.get(bare(address))

    def by_id(self, box_id: str) -> MailboxSettings | None:
        """The mailbox of this id; of one that is gone, the first there is."""
        return self._by_id.get(box_id) or next(iter(self._settings.mailboxes), None)

    def queue(self, box: MailboxSettings) -> str:
        """Where what comes to a mailbox waits."""
        return self._queues[box.id]

    @property
    def own(self) -> frozenset[str]:
        """Every address that is ours."""
        return frozenset(self._by_address)


def imap_place(settings: ImapSettings) -> ImapPlace:
    """How a mailbox is read. SettingsError when a secret can't be read."""
    return ImapPlace(settings.host, settings.port, _sign(settings), settings.tls, settings.folder)


def _sign(settings: ImapSettings) -> Sign:
    if settings.oauth is not None:
        return signs_in_with(RefreshedTokens(_oauth(settings.oauth)), settings.user)
    password = secret(settings.password_file)
    return lambda client: client.login(settings.user, password)


def relay(settings: SmtpSettings, hostname: str) -> Relay:
    """The relay. SettingsError when a secret can't be read."""
    token: Token | None = None
    if settings.oauth is not None:
        token = _AsyncTokens(RefreshedTokens(_oauth(settings.oauth)))
    password = secret(settings.password_file)
    return Relay(settings.host, settings.port, settings.tls, settings.user, password, token, hostname)


@dataclass(frozen=True)
class _AsyncTokens:
    """Tokens for the loop: fetching one is left to a thread."""

    tokens: RefreshedTokens

    async def __call__(self) -> str:
        import asyncio

        return await asyncio.to_thread(self.tokens.token)


def _oauth(settings: OAuthSettings) -> OAuthClient:
    return OAuthClient(
        settings.token_url,
        settings.client_id,
        secret(settings.client_secret_file),
        secret(settings.refresh_token_file),
        settings.scope,
    )


def secret(file: str) -> str:
    """The first line of a file that only the server's user should read; empty without a file."""
    if not file:
        return ""
    try:
        return Path(file).read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as problem:
        why = getattr(problem, "strerror", None) or "it is not text"
        raise SettingsError(f"the secret in {file} can't be read ({why})", "Let the server's user read it.") from None


def domain_of(box: MailboxSettings) -> str:
    """The part after the @, under which our own ids are made."""
    assert is_address(box.address), "the settings were checked"
    return box.address.rpartition("@")[2]
