//! The tables.

/// The tables, as both databases understand them. Times are milliseconds since 1970 UTC; 0 and '' mean not yet.
pub(super) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS incident (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, severity TEXT NOT NULL, title TEXT NOT NULL, account TEXT NOT NULL,
    opened BIGINT NOT NULL, first_ms BIGINT NOT NULL, last_ms BIGINT NOT NULL, level BIGINT NOT NULL,
    picture TEXT NOT NULL, cause TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alert (
    id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incident (id), first_ms BIGINT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS alert_incident ON alert (incident);
CREATE TABLE IF NOT EXISTS entity (
    incident TEXT NOT NULL REFERENCES incident (id), kind TEXT NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (kind, name, incident));
CREATE TABLE IF NOT EXISTS audit (
    sequence BIGINT PRIMARY KEY, at BIGINT NOT NULL, incident TEXT NOT NULL, actor TEXT NOT NULL,
    action TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS audit_incident ON audit (incident, sequence);
CREATE TABLE IF NOT EXISTS follow_up (
    id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incident (id), title TEXT NOT NULL, owner TEXT NOT NULL,
    due TEXT NOT NULL, done_at BIGINT NOT NULL, done_by TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notice (
    sequence BIGINT PRIMARY KEY, notice_key TEXT NOT NULL UNIQUE, incident TEXT NOT NULL REFERENCES incident (id),
    channel TEXT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, facts TEXT NOT NULL,
    created BIGINT NOT NULL, due BIGINT NOT NULL, deadline BIGINT NOT NULL, attempts BIGINT NOT NULL,
    state TEXT NOT NULL, error TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS notice_due ON notice (state, due);
";

/// What keeps the audit append-only in SQLite.
pub(super) const SQLITE_GUARDS: &str = "
CREATE TRIGGER IF NOT EXISTS audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER IF NOT EXISTS audit_is_not_shortened BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
";

/// What keeps the audit append-only in PostgreSQL.
pub(super) const POSTGRESQL_GUARDS: &str = "
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN RAISE EXCEPTION ''the audit is append-only''; END';
CREATE OR REPLACE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
";
