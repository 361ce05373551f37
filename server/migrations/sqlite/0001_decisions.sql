-- Decisions: the event as it was recorded, and what it is searched by. Times are nanoseconds since the beginning of 1970.
CREATE TABLE decisions (
    id TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    door TEXT NOT NULL,
    verdict TEXT NOT NULL,
    uid TEXT,
    operation TEXT,
    kind TEXT,
    namespace TEXT,
    name TEXT,
    account TEXT,
    digest TEXT NOT NULL,
    revision TEXT,
    rules TEXT NOT NULL,
    event TEXT NOT NULL,
    duration INTEGER NOT NULL
) STRICT;

CREATE INDEX decisions_by_time ON decisions (at, id);
CREATE INDEX decisions_by_verdict ON decisions (verdict, at, id);
CREATE INDEX decisions_by_namespace ON decisions (namespace, at, id);
