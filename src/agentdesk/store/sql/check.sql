-- What `agentdesk server check` asks beyond SQLite's own check of the file.

-- name: counters
SELECT value FROM meta WHERE name = 'counters';

-- name: highest_seq
SELECT max(seq) FROM events;

-- name: highest_interaction
SELECT max(id) FROM interactions;

-- name: highest_customer
SELECT max(id) FROM customers;

-- name: highest_message
SELECT max(id) FROM messages;

-- name: highest_segment
SELECT max(id) FROM segments;

-- name: gaps
-- Numbers are given out without gaps, and every one of a commit is written or none.
SELECT coalesce(max(seq) - min(seq) + 1 - count(*), 0) FROM events;

-- name: messages_astray
SELECT count(*) FROM messages WHERE interaction_id NOT IN (SELECT id FROM interactions);

-- name: identities_astray
SELECT count(*) FROM identities WHERE customer_id NOT IN (SELECT id FROM customers);
