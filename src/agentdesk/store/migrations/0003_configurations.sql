-- What admins set and changed: each settings file that was in effect, so that a change can be undone, and who did what.

CREATE TABLE configurations (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    by TEXT NOT NULL,
    digest TEXT NOT NULL,
    undone INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    by TEXT NOT NULL,
    action TEXT NOT NULL,
    about TEXT NOT NULL,
    digest TEXT NOT NULL
) STRICT;
