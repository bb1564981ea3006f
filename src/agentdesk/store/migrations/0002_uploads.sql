-- Which message's interaction a file went into, beside the files: a file's row holds its bytes, and setting a column
-- there would write them all again. What is in no interaction after a while is dropped.

CREATE TABLE uploads (
    file_id TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    interaction_id INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_unsent ON uploads (at_ms) WHERE interaction_id IS NULL;

INSERT INTO uploads (file_id, at_ms) SELECT id, at_ms FROM files;
UPDATE uploads SET interaction_id = sent.interaction_id FROM (
    SELECT messages.interaction_id, json_extract(attached.value, '$.id') AS file_id
    FROM messages, json_each(messages.attachments) AS attached
    WHERE messages.attachments IS NOT NULL
) AS sent WHERE sent.file_id = uploads.file_id;
