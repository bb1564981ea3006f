-- Mail, beside the messages it becomes.

-- name: put_heads
INSERT INTO mail_heads (message_id, body)
VALUES (?, ?);

-- name: queue_sends
INSERT INTO outbox (message_id, interaction_id, state, due_ms, attempts, words)
VALUES (?, ?, ?, ?, ?, ?);

-- name: move_send
UPDATE outbox SET
    state = :state, words = :words, attempts = attempts + (:state = 'sending'),
    due_ms = CASE WHEN :due_ms > 0 THEN :due_ms ELSE due_ms END
WHERE message_id = :message_id;

-- name: know_mail
-- The first interaction that a mail was said in keeps it.
INSERT INTO mail_ids (header, interaction_id)
VALUES (?, ?)
ON CONFLICT (header) DO NOTHING;

-- name: due_sends
SELECT message_id, interaction_id, state, due_ms, attempts, words FROM outbox
WHERE state IN ('queued', 'deferred') AND due_ms <= ? ORDER BY due_ms, message_id LIMIT ?;

-- name: next_send
SELECT min(due_ms) FROM outbox WHERE state IN ('queued', 'deferred');

-- name: unsettled_sends
SELECT message_id, interaction_id, state, due_ms, attempts, words FROM outbox
WHERE state NOT IN ('sent', 'cancelled') ORDER BY state, message_id LIMIT ?;

-- name: sends_of
SELECT message_id, interaction_id, state, due_ms, attempts, words FROM outbox
WHERE message_id IN (SELECT id FROM messages WHERE interaction_id = ?) ORDER BY message_id DESC LIMIT ?;

-- name: message
SELECT id, interaction_id, customer_id, kind, author, text, at_ms, agent, client_id, attachments, body
FROM messages LEFT JOIN mail_heads ON message_id = id WHERE id = ?;

-- name: mail_id
SELECT interaction_id FROM mail_ids WHERE header = ?;

-- name: put_spot
INSERT INTO mail_spots (mailbox, since_ms, uidvalidity, uid) VALUES (?, ?, ?, ?)
ON CONFLICT (mailbox) DO UPDATE SET
    since_ms = excluded.since_ms, uidvalidity = excluded.uidvalidity, uid = excluded.uid;

-- name: spot
SELECT mailbox, since_ms, uidvalidity, uid FROM mail_spots WHERE mailbox = ?;

-- name: put_intake
INSERT INTO mail_intake
    (mailbox, uidvalidity, uid, digest, at_ms, size, outcome, interaction_id, message_id, reason, sender, subject, source)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO NOTHING;

-- name: intake_by_digest
SELECT id, mailbox, uidvalidity, uid, digest, at_ms, size, outcome, interaction_id, message_id, reason, sender, subject, source
FROM mail_intake WHERE mailbox = ? AND digest = ? ORDER BY id LIMIT 1;

-- name: intakes
SELECT id, mailbox, uidvalidity, uid, digest, at_ms, size, outcome, interaction_id, message_id, reason, sender, subject, source
FROM mail_intake WHERE mailbox = ? AND id < ? ORDER BY id DESC LIMIT ?;

-- name: intake_count
SELECT outcome, count(*) FROM mail_intake WHERE mailbox = ? GROUP BY outcome ORDER BY outcome;
