-- Decisions: the event as it was recorded, and what it is searched by. Times are nanoseconds since the beginning of 1970.
-- Ids are compared byte by byte, whatever the language of the server, so that pages are the same everywhere.
CREATE TABLE decisions (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
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
    duration BIGINT NOT NULL
);

CREATE INDEX decisions_by_time ON decisions (at, id);
CREATE INDEX decisions_by_verdict ON decisions (verdict, at, id);
CREATE INDEX decisions_by_namespace ON decisions (namespace, at, id);
