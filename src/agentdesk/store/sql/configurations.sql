-- Settings that were in effect, what admins did, and what came in, as rules see it.

-- name: put_configuration
INSERT INTO configurations (at_ms, by, digest, undone, text) VALUES (?, ?, ?, 0, ?);

-- name: undo_configuration
UPDATE configurations SET undone = 1 WHERE id = ?;

-- name: drop_configurations
DELETE FROM configurations WHERE id <= (SELECT max(id) FROM configurations) - ?;

-- name: configurations
SELECT id, at_ms, by, digest, text, undone FROM configurations ORDER BY id DESC LIMIT ?;

-- name: put_audit
INSERT INTO audit (at_ms, by, action, about, digest) VALUES (?, ?, ?, ?, ?);

-- name: drop_audit
DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - ?;

-- name: audit
SELECT id, at_ms, by, action, about, digest FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?;

-- name: arrivals
-- Events lie in the order of their numbers: this walks back from the newest, and stops after so many beginnings.
SELECT
    e.seq,
    e.at_ms,
    e.body,
    (SELECT text FROM messages WHERE interaction_id = e.interaction_id AND kind = 'inbound' ORDER BY id LIMIT 1),
    c.body,
    (SELECT json_extract(p.body, '$.disposition') FROM interactions AS p
     WHERE p.customer_id = c.id AND p.id < e.interaction_id ORDER BY p.id DESC LIMIT 1),
    EXISTS (SELECT 1 FROM interactions AS p WHERE p.customer_id = c.id AND p.id < e.interaction_id)
FROM events AS e LEFT JOIN customers AS c ON c.id = json_extract(e.body, '$.customer_id')
WHERE e.seq < ? AND e.type = 'InteractionStarted' ORDER BY e.seq DESC LIMIT ?;
