CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    by TEXT NOT NULL,
    action TEXT NOT NULL,
    about TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;

CREATE TABLE configurations (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    by TEXT NOT NULL,
    digest TEXT NOT NULL,
    undone INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE VIRTUAL TABLE customers_fts USING fts5 (
    name, identities, attributes,
    columnsize = 0, prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE 'customers_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'customers_fts_content'(id INTEGER PRIMARY KEY, c0, c1, c2);

CREATE TABLE 'customers_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'customers_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    interaction_id INTEGER,
    agent TEXT,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE files (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    owner TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;

CREATE TABLE identities (
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_of ON identities (customer_id);

CREATE TABLE interactions (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL,
    live INTEGER NOT NULL,
    state TEXT NOT NULL,
    queue TEXT NOT NULL,
    agent TEXT,
    body TEXT NOT NULL
) STRICT;

CREATE INDEX interactions_live ON interactions (id) WHERE live = 1;

CREATE INDEX interactions_of ON interactions (customer_id);

CREATE INDEX interactions_past_agent ON interactions (agent, id) WHERE live = 0;

CREATE INDEX interactions_past_queue ON interactions (queue, id) WHERE live = 0;

CREATE TABLE mail_heads (
    message_id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE mail_ids (
    header TEXT PRIMARY KEY,
    interaction_id INTEGER NOT NULL
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

CREATE INDEX mail_intake_digest ON mail_intake (mailbox, digest);

CREATE UNIQUE INDEX mail_intake_place ON mail_intake (mailbox, uidvalidity, uid) WHERE uid > 0;

CREATE TABLE mail_spots (
    mailbox TEXT PRIMARY KEY,
    since_ms INTEGER NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    interaction_id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    agent TEXT,
    client_id TEXT NOT NULL,
    attachments TEXT,
    folded TEXT
) STRICT;

CREATE VIRTUAL TABLE messages_fts USING fts5 (
    text, customer,
    content = 'messages_searched', content_rowid = 'id', columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE 'messages_fts_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'messages_fts_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'messages_fts_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE INDEX messages_of ON messages (interaction_id);

CREATE VIEW messages_searched AS
SELECT id, coalesce(folded, text) AS text, 'c' || customer_id AS customer FROM messages;

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

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

CREATE TABLE queues (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE repeats (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,
    answer TEXT NOT NULL
) STRICT;

CREATE TABLE segments (
    id INTEGER PRIMARY KEY,
    interaction_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    queue TEXT NOT NULL,
    agent TEXT,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER,
    outcome TEXT NOT NULL
) STRICT;

CREATE INDEX segments_of ON segments (interaction_id);

CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    expires_ms INTEGER,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX tokens_of ON tokens (user);

CREATE TABLE uploads (
    file_id TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    interaction_id INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX uploads_unsent ON uploads (at_ms) WHERE interaction_id IS NULL;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

