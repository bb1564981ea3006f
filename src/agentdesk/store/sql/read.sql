-- What is read: starting up, history, lists. Pages go by id, so a page costs the same however deep it lies.

-- name: meta
SELECT value FROM meta WHERE name = ?;

-- name: load_queues
SELECT body FROM queues ORDER BY id;

-- name: load_agents
SELECT body FROM agents ORDER BY id;

-- name: load_interactions
SELECT body FROM interactions WHERE live = 1 ORDER BY id;

-- name: load_left
SELECT body FROM interactions
WHERE live = 0 AND agent IS NULL AND state = 'abandoned' ORDER BY id DESC LIMIT ?;

-- name: load_customers
SELECT body FROM customers
WHERE id IN (SELECT customer_id FROM interactions WHERE live = 1) ORDER BY id;

-- name: repeats
SELECT key, answer, at_ms FROM repeats ORDER BY id DESC LIMIT ?;

-- name: repeat
SELECT answer FROM repeats WHERE key = ?;

-- name: events
SELECT seq, at_ms, agent, body FROM events WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: events_addressed
SELECT seq, at_ms, agent, body FROM events WHERE seq > ? AND agent = ? ORDER BY seq LIMIT ?;

-- name: events_about
-- Between the first event at its beginning and the last at its end, which are found by time.
SELECT seq, at_ms, agent, body FROM events
WHERE seq > ? AND seq <= ? AND interaction_id = ? ORDER BY seq LIMIT ?;

-- name: event_time
SELECT at_ms FROM events WHERE seq >= ? ORDER BY seq LIMIT 1;

-- name: last_seq
SELECT coalesce(max(seq), 0) FROM events;

-- name: interaction
SELECT body FROM interactions WHERE id = ?;

-- name: interactions_live
-- Live rows are few: any filter may walk them.
SELECT id, body FROM interactions
WHERE live = 1 AND id < :before
    AND (:state = '' OR state = :state) AND (:queue = '' OR queue = :queue) AND (:agent = '' OR agent = :agent)
ORDER BY id DESC LIMIT :limit;

-- name: interactions_past
SELECT id, body FROM interactions
WHERE live = 0 AND id < :before AND (:state = '' OR state = :state)
ORDER BY id DESC LIMIT :limit;

-- name: interactions_past_by_queue
SELECT id, body FROM interactions
WHERE live = 0 AND queue = :queue AND id < :before
    AND (:state = '' OR state = :state) AND (:agent = '' OR agent = :agent)
ORDER BY id DESC LIMIT :limit;

-- name: interactions_past_by_agent
SELECT id, body FROM interactions
WHERE live = 0 AND agent = :agent AND id < :before AND (:state = '' OR state = :state)
ORDER BY id DESC LIMIT :limit;

-- name: segments
SELECT id, interaction_id, state, queue, agent, start_ms, end_ms, outcome
FROM segments WHERE interaction_id = ? ORDER BY id;

-- name: messages_after
SELECT id, interaction_id, customer_id, kind, author, text, at_ms, agent, client_id, attachments, body
FROM messages LEFT JOIN mail_heads ON message_id = id WHERE interaction_id = ? AND id > ? ORDER BY id LIMIT ?;

-- name: messages_before
SELECT id, interaction_id, customer_id, kind, author, text, at_ms, agent, client_id, attachments, body
FROM messages LEFT JOIN mail_heads ON message_id = id WHERE interaction_id = ? AND id < ? AND id > ? ORDER BY id DESC LIMIT ?;

-- name: customer
SELECT body FROM customers WHERE id = ?;

-- name: customer_by_identity
SELECT c.body FROM identities AS i JOIN customers AS c ON c.id = i.customer_id
WHERE i.kind = ? AND i.value = ?;

-- name: customers
SELECT body FROM customers WHERE id < ? ORDER BY id DESC LIMIT ?;

-- name: timeline
-- The last thing said comes by its own id, which the interaction knows.
SELECT i.body, m.text
FROM interactions AS i
LEFT JOIN messages AS m ON m.id = json_extract(i.body, '$.last_message_id')
WHERE i.customer_id = ? AND i.id < ?
ORDER BY i.id DESC LIMIT ?;

-- name: search_customers
SELECT c.body FROM customers_fts AS f JOIN customers AS c ON c.id = f.rowid
WHERE customers_fts MATCH ? AND f.rowid < ?
ORDER BY f.rowid DESC LIMIT ?;

-- name: search_messages
-- Newest first is the order of the index itself; ranking all hits would cost a thousand times as much.
SELECT m.id, m.interaction_id, m.customer_id, m.kind, m.author, m.text, m.at_ms, m.agent, m.client_id, m.attachments,
    h.body, c.name, highlight(messages_fts, 0, char(2), char(3)) AS marked
FROM messages_fts AS f
JOIN messages AS m ON m.id = f.rowid
LEFT JOIN mail_heads AS h ON h.message_id = m.id
LEFT JOIN customers AS c ON c.id = m.customer_id
WHERE messages_fts MATCH ? AND f.rowid < ?
ORDER BY f.rowid DESC LIMIT ?;
