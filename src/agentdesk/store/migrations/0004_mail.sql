-- Mail: what stands above a message, how far each mail of an agent has got, and what became of every mail that came in.

CREATE TABLE mail_heads (
    message_id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE outbox (
    message_id INTEGER PRIMARY KEY,
    interaction_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    due_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_due ON outbox (due_ms) WHERE state IN ('queued', 'deferred');
CREATE INDEX outbox_unsettled ON outbox (state, message_id) WHERE state NOT IN ('sent', 'cancelled');

-- Which interaction a mail's own id belongs to, so that a reply is found by what it refers to.
CREATE TABLE mail_ids (
    header TEXT PRIMARY KEY,
    interaction_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_spots (
    mailbox TEXT PRIMARY KEY,
    since_ms INTEGER NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_intake (
    id INTEGER PRIMARY KEY,
    mailbox TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    digest TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    size INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    interaction_id INTEGER,
    message_id INTEGER,
    reason TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    source TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX mail_intake_place ON mail_intake (mailbox, uidvalidity, uid) WHERE uid > 0;
CREATE INDEX mail_intake_digest ON mail_intake (mailbox, digest);
