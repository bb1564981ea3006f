-- Users, tokens, files, and what is dropped in time.

-- name: accounts_changed
-- Counts changes of users and tokens, whichever process makes them.
INSERT INTO meta (name, value) VALUES ('accounts', '1')
ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT);

-- name: put_user
INSERT INTO users (id, body) VALUES (?, ?)
ON CONFLICT (id) DO UPDATE SET body = excluded.body;

-- name: user
SELECT body FROM users WHERE id = ?;

-- name: users
SELECT body FROM users ORDER BY id;

-- name: put_token
INSERT INTO tokens (hash, user, expires_ms, body) VALUES (?, ?, ?, ?)
ON CONFLICT (hash) DO UPDATE SET user = excluded.user, expires_ms = excluded.expires_ms, body = excluded.body;

-- name: token
SELECT body FROM tokens WHERE hash = ?;

-- name: tokens
SELECT body FROM tokens ORDER BY hash;

-- name: tokens_of
SELECT body FROM tokens WHERE user = ? ORDER BY hash;

-- name: put_file
INSERT INTO files (id, name, media_type, data, owner, at_ms) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    name = excluded.name, media_type = excluded.media_type, data = excluded.data,
    owner = excluded.owner, at_ms = excluded.at_ms;

-- name: put_upload
INSERT INTO uploads (file_id, at_ms) VALUES (?, ?)
ON CONFLICT (file_id) DO NOTHING;

-- name: file
SELECT id, name, media_type, data, coalesce('i' || interaction_id, owner), files.at_ms
FROM files LEFT JOIN uploads ON file_id = id WHERE id = ?;

-- name: prune_repeats
-- Rows lie in the order of time, so a look at the oldest few tells: commits wait for this and must not wait long.
DELETE FROM repeats WHERE id IN (
    SELECT id FROM (SELECT id, at_ms FROM repeats ORDER BY id LIMIT :step) WHERE at_ms < :before
);

-- name: prune_tokens
DELETE FROM tokens WHERE hash IN (SELECT hash FROM tokens WHERE expires_ms < ? LIMIT ?);

-- name: prune_files
DELETE FROM files WHERE id IN (
    SELECT file_id FROM uploads WHERE interaction_id IS NULL AND at_ms < ? ORDER BY at_ms LIMIT ?
);

-- name: prune_uploads
DELETE FROM uploads
WHERE interaction_id IS NULL AND at_ms < ? AND NOT EXISTS (SELECT 1 FROM files WHERE id = file_id);
