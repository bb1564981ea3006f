-- What a commit writes. A statement with one VALUES tuple is repeated for many rows by agentdesk.store.sqlite.inserts.

-- name: insert_events
-- Events are never changed: a number given twice is a bug and ends the commit.
INSERT INTO events (seq, at_ms, type, interaction_id, agent, body)
VALUES (?, ?, ?, ?, ?, ?);

-- name: upsert_live_interactions
-- A live row changes often. What never changes while it lives (its customer, that it lives) is not set again, so that
-- no index is touched.
INSERT INTO interactions (id, customer_id, live, state, queue, agent, body)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, queue = excluded.queue, agent = excluded.agent, body = excluded.body;

-- name: upsert_past_interactions
INSERT INTO interactions (id, customer_id, live, state, queue, agent, body)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    live = excluded.live, state = excluded.state, queue = excluded.queue,
    agent = excluded.agent, body = excluded.body;

-- name: upsert_segments
INSERT INTO segments (id, interaction_id, state, queue, agent, start_ms, end_ms, outcome)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, queue = excluded.queue, agent = excluded.agent,
    start_ms = excluded.start_ms, end_ms = excluded.end_ms, outcome = excluded.outcome;

-- name: insert_messages
INSERT INTO messages
    (id, interaction_id, customer_id, kind, author, text, at_ms, agent, client_id, attachments, folded)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: send_upload
-- A file belongs to the interaction that it was first said in.
UPDATE uploads SET interaction_id = ? WHERE file_id = ? AND interaction_id IS NULL;

-- name: index_messages
INSERT INTO messages_fts (rowid, text, customer)
VALUES (?, ?, ?);

-- name: upsert_agents
INSERT INTO agents (id, body)
VALUES (?, ?)
ON CONFLICT (id) DO UPDATE SET body = excluded.body;

-- name: delete_agent
DELETE FROM agents WHERE id = ?;

-- name: upsert_queues
INSERT INTO queues (id, body)
VALUES (?, ?)
ON CONFLICT (id) DO UPDATE SET body = excluded.body;

-- name: delete_queue
DELETE FROM queues WHERE id = ?;

-- name: upsert_customers
INSERT INTO customers (id, name, body)
VALUES (?, ?, ?)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body;

-- name: delete_identities
DELETE FROM identities WHERE customer_id = ?;

-- name: upsert_identities
-- An identity belongs to the customer who was last said to have it.
INSERT INTO identities (kind, value, customer_id)
VALUES (?, ?, ?)
ON CONFLICT (kind, value) DO UPDATE SET customer_id = excluded.customer_id;

-- name: unindex_customer
DELETE FROM customers_fts WHERE rowid = ?;

-- name: index_customers
INSERT INTO customers_fts (rowid, name, identities, attributes)
VALUES (?, ?, ?, ?);

-- name: insert_repeats
-- The first answer stays.
INSERT INTO repeats (key, at_ms, answer)
VALUES (?, ?, ?)
ON CONFLICT (key) DO NOTHING;

-- name: upsert_meta
INSERT INTO meta (name, value)
VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;
