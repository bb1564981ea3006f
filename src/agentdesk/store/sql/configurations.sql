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
-- The queue is the first in which it waited; a segment is there once it has ended.
SELECT
    i.body,
    (SELECT queue FROM segments WHERE interaction_id = i.id ORDER BY id LIMIT 1),
    (SELECT text FROM messages WHERE interaction_id = i.id AND kind = 'inbound' ORDER BY id LIMIT 1),
    c.body,
    (SELECT json_extract(body, '$.disposition') FROM interactions
     WHERE customer_id = i.customer_id AND id < i.id ORDER BY id DESC LIMIT 1),
    EXISTS (SELECT 1 FROM interactions WHERE customer_id = i.customer_id AND id < i.id)
FROM interactions AS i LEFT JOIN customers AS c ON c.id = i.customer_id
WHERE i.id < ? ORDER BY i.id DESC LIMIT ?;
