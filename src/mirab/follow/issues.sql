CREATE TABLE content (digest TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE issues (
    number INTEGER PRIMARY KEY, region TEXT NOT NULL, profile TEXT NOT NULL, audience TEXT NOT NULL,
    focus TEXT NOT NULL, issue INTEGER NOT NULL, digest TEXT NOT NULL, as_of TEXT NOT NULL,
    corrects INTEGER NOT NULL, format INTEGER NOT NULL, records TEXT NOT NULL REFERENCES content,
    made_from TEXT NOT NULL REFERENCES content, recorded TEXT NOT NULL,
    UNIQUE (region, profile, audience, focus, issue)
);
CREATE TABLE acts (
    number INTEGER PRIMARY KEY, issue INTEGER NOT NULL REFERENCES issues, deed TEXT NOT NULL,
    person TEXT NOT NULL, text TEXT NOT NULL, about INTEGER NOT NULL, recorded TEXT NOT NULL
);
CREATE TRIGGER content_stays BEFORE UPDATE ON content BEGIN SELECT RAISE(ABORT, 'an issue stays as it is'); END;
CREATE TRIGGER content_kept BEFORE DELETE ON content BEGIN SELECT RAISE(ABORT, 'an issue stays as it is'); END;
CREATE TRIGGER issues_stay BEFORE UPDATE ON issues BEGIN SELECT RAISE(ABORT, 'an issue stays as it is'); END;
CREATE TRIGGER issues_kept BEFORE DELETE ON issues BEGIN SELECT RAISE(ABORT, 'an issue stays as it is'); END;
CREATE TRIGGER acts_stay BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'an issue stays as it is'); END;
CREATE TRIGGER acts_kept BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'an issue stays as it is'); END;
