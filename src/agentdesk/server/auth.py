"""Who is asking: signing in with a password, tokens, and noticing within a second that either was taken away.

The accounts are the store's, and the command line changes them there from another process; `Access.watch` looks
for that and tells the sessions.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import msgspec

from agentdesk.config.server import LimitSettings
from agentdesk.core.commands import Actor
from agentdesk.core.model import Role
from agentdesk.errors import DeskError, StoreBusy
from agentdesk.limits import RateLimit
from agentdesk.server.clock import Clock
from agentdesk.server.passwords import PASSWORD_MAX, new_token, token_hash, verify_password
from agentdesk.server.readers import Readers
from agentdesk.store.base import Store, Token, User

WATCH_S = 1.0
LOOK_ANYWAY = 60
"""Every so many seconds all accounts are read whether or not the store counted a change."""
HASHES_AT_ONCE = 2
"""Password checks that run at the same time: each holds 64 MiB and a core for a while."""
HASHES_WAITING_MAX = 50
SEEN_MAX = 20_000
"""Tokens remembered between two looks at the store."""
ADDRESS_FACTOR = 10
"""An address may try that many times as often as one user: an office can share one."""
DAY_MS = 86_400_000

ROLES = {Role.AGENT: 0, Role.SUPERVISOR: 1, Role.ADMIN: 2}

logger = logging.getLogger("agentdesk.auth")


class TooManyTries(DeskError):
    """Signing in was tried too often; `retry_s` says when to try again."""

    title = "Too many tries to sign in"

    def __init__(self, retry_s: int) -> None:
        super().__init__(f"Signing in was tried too often. Try again in {retry_s} seconds.")
        self.retry_s = retry_s


class Principal(msgspec.Struct, frozen=True):
    """Somebody who is signed in, and by which token."""

    user: User
    role: Role
    token: str
    expires_ms: int | None

    @property
    def actor(self) -> Actor:
        """Who the desk hears as asking."""
        return Actor("agent", self.user.id, self.role, self.user.name)

    def may(self, role: Role) -> bool:
        """Whether this role, or one above it, is theirs."""
        return ROLES[self.role] >= ROLES[role]


def principal_of(user: User | None, token: Token | None, now_ms: int) -> Principal | None:
    """Who a token stands for; None when it stands for nobody (any more)."""
    if user is None or token is None or user.disabled or token.revoked or user.role not in set(Role):
        return None
    if token.expires_ms is not None and token.expires_ms <= now_ms:
        return None
    return Principal(user, Role(user.role), token.hash, token.expires_ms)


class Access:
    """Signing in, and what tokens stand for. `on_change` is called with every user's row that is new or different."""

    def __init__(self, store: Store, readers: Readers, clock: Clock, limits: LimitSettings) -> None:
        self._store = store
        self._readers = readers
        self._clock = clock
        self._limits = limits
        self._seen: dict[str, Principal] = {}
        self._users: dict[str, User] = {}
        self._version = -1
        self._looks = 0
        self._hashing = asyncio.Semaphore(HASHES_AT_ONCE)
        self._hashes_waiting = 0
        per_s = limits.sign_in_tries / limits.sign_in_window_s
        self._user_tries = RateLimit(limits.sign_in_tries, per_s)
        self._address_tries = RateLimit(limits.sign_in_tries * ADDRESS_FACTOR, per_s * ADDRESS_FACTOR)
        self.on_user: Callable[[User], None] = lambda user: None
        self.on_principals: Callable[[], None] = lambda: None

    # --- signing in ---------------------------------------------------------------------------------------------

    async def sign_in(self, user_id: str, password: str, label: str, address: str) -> tuple[str, Token] | None:
        """A new token for the right password; None for a wrong one or an unknown user, after the same time."""
        self._count_try(user_id, address)
        user = await self._readers.run(self._store.user, user_id)
        kept = user.password if user is not None and not user.disabled else None
        if not await self._matches(password[:PASSWORD_MAX], kept) or user is None:
            logger.warning("sign-in refused for %r from %s", user_id[:50], address)
            return None
        self._user_tries.forgive(user_id)
        secret, now_ms = new_token(), self._clock.now_ms()
        token = Token(token_hash(secret), user.id, label[:100], now_ms, now_ms + self._limits.token_days * DAY_MS)
        await self._readers.run(self._store.put_token, token)
        logger.info("%s signed in from %s", user.id, address)
        return secret, token

    def _count_try(self, user_id: str, address: str) -> None:
        now_s = self._clock.steady_s()
        wait_ms = max(self._user_tries.wait_ms(user_id, now_s), self._address_tries.wait_ms(address, now_s))
        if wait_ms:
            raise TooManyTries(wait_ms // 1000 + 1)
        self._user_tries.take(user_id, now_s)
        self._address_tries.take(address, now_s)

    async def _matches(self, password: str, kept: str | None) -> bool:
        if self._hashes_waiting >= HASHES_WAITING_MAX:
            raise StoreBusy("Too many people are signing in at once.", "Try again in a moment.")
        self._hashes_waiting += 1
        try:
            async with self._hashing:
                return await asyncio.to_thread(verify_password, password, kept)
        finally:
            self._hashes_waiting -= 1

    # --- tokens -------------------------------------------------------------------------------------------------

    async def principal(self, secret: str) -> Principal | None:
        """Who a token stands for, looked up at most once between two looks of `watch`."""
        hashed = token_hash(secret)
        seen = self._seen.get(hashed)
        if seen is not None:
            return None if self._expired(seen) else seen
        looks = self._looks
        principal = await self._readers.run(self._look_up, hashed)
        if self._looks != looks:
            self._version = -1  # a look that began meanwhile may have missed this token: look again soon
        return principal

    def _look_up(self, hashed: str) -> Principal | None:
        token = self._store.token(hashed)
        user = self._store.user(token.user) if token is not None else None
        principal = principal_of(user, token, self._clock.now_ms())
        if principal is not None and len(self._seen) < SEEN_MAX:
            self._seen[hashed] = principal
        return principal

    def _expired(self, principal: Principal) -> bool:
        return principal.expires_ms is not None and principal.expires_ms <= self._clock.now_ms()

    def current(self, hashed: str) -> Principal | None:
        """Who a token that was looked up before stands for now."""
        seen = self._seen.get(hashed)
        return None if seen is None or self._expired(seen) else seen

    async def revoke(self, hashed: str) -> bool:
        """Take a token away, now and for good."""
        self._seen.pop(hashed, None)
        revoked = await self._readers.run(self._store.revoke_token, hashed)
        self.on_principals()
        return revoked

    # --- watching -----------------------------------------------------------------------------------------------

    async def watch(self) -> None:
        """Look for changed users and tokens for as long as the server runs."""
        turn = 0
        while True:
            await self._clock.sleep(WATCH_S)
            turn += 1
            try:
                version = await self._readers.run(self._store.accounts_version)
                if version != self._version or turn % LOOK_ANYWAY == 0:
                    self._version = version
                    await self.look()
                else:
                    self._drop_expired()
            except DeskError as problem:
                logger.warning("accounts can't be read: %s", problem)

    def _drop_expired(self) -> None:
        for hashed in [hashed for hashed, seen in self._seen.items() if self._expired(seen)]:
            del self._seen[hashed]
            self.on_principals()

    async def look(self) -> None:
        """Read the accounts once, and tell of what changed."""
        self._looks += 1
        tokens, users = await self._readers.run(self._accounts, list(self._seen))
        now_ms = self._clock.now_ms()
        for user in users.values():
            if self._users.get(user.id) != user:
                self.on_user(user)
        self._users = users
        for hashed, token in tokens.items():
            principal = principal_of(users.get(token.user) if token else None, token, now_ms)
            if principal is None:
                self._seen.pop(hashed, None)
            elif hashed in self._seen and self._seen[hashed] != principal:
                self._seen[hashed] = principal
        self.on_principals()

    def _accounts(self, hashes: list[str]) -> tuple[dict[str, Token | None], dict[str, User]]:
        """The tokens asked for, then all users: whoever made a token in between made its user before it."""
        tokens = {hashed: self._store.token(hashed) for hashed in hashes}
        return tokens, {user.id: user for user in self._store.users()}
