-- The first schema: the event log, the rows derived from it, full text, accounts and files.
-- Bodies are JSON of the structs in agentdesk.core; a column beside a body is there for an index or a search.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Without an index by agent: every agent's end of it would be another page to write in each commit, and what a
-- reconnecting agent missed lies in the newest rows, which a walk from the last number it saw finds soon enough.
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    type TEXT NOT NULL,
    interaction_id INTEGER,
    agent TEXT,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE queues (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    body TEXT NOT NULL
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
CREATE INDEX interactions_of ON interactions (customer_id);
-- The rows a desk starts from: they stay few however long the history is.
CREATE INDEX interactions_live ON interactions (id) WHERE live = 1;
-- Lists of the past are written once, when an interaction ends, so that a live one costs no index.
CREATE INDEX interactions_past_queue ON interactions (queue, id) WHERE live = 0;
CREATE INDEX interactions_past_agent ON interactions (agent, id) WHERE live = 0;

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

-- `folded` is the text as it is searched where that differs from the text (agentdesk.store.folding), else NULL.
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
CREATE INDEX messages_of ON messages (interaction_id);

-- The customer is a token of the index: a word within one customer then costs as little as a word.
CREATE VIEW messages_searched AS
SELECT id, coalesce(folded, text) AS text, 'c' || customer_id AS customer FROM messages;
CREATE VIRTUAL TABLE messages_fts USING fts5 (
    text, customer,
    content = 'messages_searched', content_rowid = 'id', columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2'
);

CREATE VIRTUAL TABLE customers_fts USING fts5 (
    name, identities, attributes,
    columnsize = 0, prefix = '2 3',
    tokenize = 'unicode61 remove_diacritics 2'
);

-- First answers to commands; the row number keeps the order in which they were given.
CREATE TABLE repeats (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    at_ms INTEGER NOT NULL,
    answer TEXT NOT NULL
) STRICT;

CREATE TABLE files (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    owner TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,
    user TEXT NOT NULL,
    expires_ms INTEGER,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_of ON tokens (user);
