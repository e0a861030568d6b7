CREATE TABLE document (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, url TEXT NOT NULL, publisher TEXT NOT NULL,
    language TEXT NOT NULL, language_p REAL NOT NULL, title TEXT NOT NULL, published TEXT,
    letters INTEGER NOT NULL, text TEXT NOT NULL, added TEXT NOT NULL, copy_of TEXT NOT NULL, likeness REAL
);
CREATE TABLE band (key TEXT NOT NULL, document TEXT NOT NULL, signature BLOB NOT NULL);
CREATE INDEX band_by_key ON band (key);
CREATE TABLE mention (
    document TEXT NOT NULL, kind TEXT NOT NULL, entity TEXT NOT NULL, name TEXT NOT NULL, start INTEGER NOT NULL,
    "end" INTEGER NOT NULL, rule TEXT NOT NULL
);
CREATE INDEX mention_by_entity ON mention (entity);
CREATE TABLE theme (document TEXT NOT NULL, theme TEXT NOT NULL, count INTEGER NOT NULL);
CREATE TABLE record (
    id TEXT PRIMARY KEY, document TEXT NOT NULL, kind TEXT NOT NULL, type TEXT NOT NULL, mode TEXT NOT NULL,
    start TEXT, story TEXT NOT NULL, rule TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX record_by_document ON record (document);
CREATE INDEX record_by_day ON record (kind, start);
CREATE TABLE story (
    id TEXT PRIMARY KEY, parties TEXT NOT NULL, "on" TEXT NOT NULL, themes TEXT NOT NULL
);
CREATE INDEX story_by_day ON story ("on");
CREATE TABLE review (
    record TEXT NOT NULL, verdict TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL, who TEXT NOT NULL,
    "when" TEXT NOT NULL, rule TEXT NOT NULL
);
CREATE TABLE person (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, variants TEXT NOT NULL, role TEXT NOT NULL, state TEXT NOT NULL,
    since TEXT NOT NULL, who TEXT NOT NULL, "when" TEXT NOT NULL
);
CREATE VIRTUAL TABLE words USING fts5 (title, text, content = '', tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE pieces USING fts5 (text, content = '', tokenize = 'trigram');
CREATE VIEW shown AS
SELECT record.*, document.title, document.publisher, document.published, document.added,
    substr(document.text, record.first + 1, record.last - record.first) AS sentence,
    coalesce((SELECT verdict FROM review WHERE review.record = record.id ORDER BY rowid DESC LIMIT 1), '')
        AS verdict
FROM record JOIN document ON document.id = record.document;
