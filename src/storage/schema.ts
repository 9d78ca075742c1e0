import { GatewayError } from '../domain/errors.ts';
import { integer, type Sql } from './sql.ts';
import { countAllUsage, countPartials } from './sqlite-usage.ts';

/** Times are milliseconds since the epoch. Paths and names compare byte by byte in UTF-8. */
export const VERSION_1 = `
CREATE TABLE sequence (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO sequence VALUES ('version', 0), ('fence', 0);

CREATE TABLE entry (
  folder TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('file', 'folder')),
  version INTEGER NOT NULL, content_id TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, frozen_by TEXT, expires_at INTEGER,
  PRIMARY KEY (folder, name)) STRICT, WITHOUT ROWID;
CREATE INDEX entry_content ON entry (content_id) WHERE content_id <> '';
CREATE INDEX entry_expires ON entry (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX entry_frozen ON entry (folder) WHERE frozen_by IS NOT NULL;

CREATE TABLE job (
  queue TEXT NOT NULL, key TEXT NOT NULL, due_at INTEGER NOT NULL, payload TEXT NOT NULL, fence INTEGER NOT NULL,
  attempts INTEGER NOT NULL, worker TEXT, leased_until INTEGER,
  CHECK ((worker IS NULL) = (leased_until IS NULL)),
  PRIMARY KEY (queue, key)) STRICT, WITHOUT ROWID;
CREATE INDEX job_free ON job (queue, due_at, key) WHERE worker IS NULL;
CREATE INDEX job_leased ON job (queue, leased_until) WHERE worker IS NOT NULL;

CREATE TABLE used_ticket (ticket TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TRIGGER used_ticket_stays BEFORE DELETE ON used_ticket BEGIN SELECT RAISE(ABORT, 'a ticket is used once'); END;
CREATE TABLE submission (
  ticket TEXT PRIMARY KEY REFERENCES used_ticket, partner TEXT NOT NULL, flow TEXT NOT NULL, environment TEXT NOT NULL,
  file_name TEXT NOT NULL, sha256 TEXT NOT NULL, received_at INTEGER NOT NULL, state TEXT NOT NULL,
  changed_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX submission_latest ON submission (received_at, ticket);
CREATE INDEX submission_partner ON submission (partner, received_at, ticket);
CREATE INDEX submission_name ON submission (partner, flow, environment, file_name, received_at);
CREATE INDEX submission_digest ON submission (partner, flow, environment, sha256, received_at);
CREATE TABLE submission_content (
  ticket TEXT NOT NULL REFERENCES submission, content_id TEXT NOT NULL,
  PRIMARY KEY (ticket, content_id)) STRICT, WITHOUT ROWID;
CREATE INDEX submission_content_id ON submission_content (content_id);

CREATE TABLE delivery (
  id TEXT PRIMARY KEY, ticket TEXT NOT NULL, flow TEXT NOT NULL, environment TEXT NOT NULL, receiver TEXT NOT NULL,
  sequence INTEGER NOT NULL, state TEXT NOT NULL, changed_at INTEGER NOT NULL, body TEXT NOT NULL,
  UNIQUE (flow, environment, receiver, sequence)) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_ticket ON delivery (ticket, receiver, sequence);

CREATE TABLE original (
  flow TEXT NOT NULL, environment TEXT NOT NULL, partner TEXT NOT NULL, reference TEXT NOT NULL,
  receivers TEXT NOT NULL, PRIMARY KEY (flow, environment, partner, reference)) STRICT, WITHOUT ROWID;

CREATE TABLE step_up (
  fingerprint TEXT NOT NULL, address TEXT NOT NULL, principal TEXT NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (fingerprint, address)) STRICT, WITHOUT ROWID;
CREATE TABLE used_code (principal TEXT PRIMARY KEY, counter INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, outcome TEXT NOT NULL, fields TEXT NOT NULL,
  previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END;
`;

/** Properties are a JSON array of [namespace, name, xml]. An area is one of `areaOf`. */
const VERSION_2 = `
ALTER TABLE entry ADD COLUMN properties TEXT;

CREATE TABLE lock (
  token TEXT PRIMARY KEY, path TEXT NOT NULL, depth TEXT NOT NULL CHECK (depth IN ('0', 'infinity')),
  scope TEXT NOT NULL CHECK (scope IN ('exclusive', 'shared')), principal TEXT NOT NULL, owner TEXT NOT NULL,
  until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX lock_path ON lock (path);
CREATE INDEX lock_principal ON lock (principal);
CREATE INDEX lock_until ON lock (until);

CREATE TABLE usage (area TEXT PRIMARY KEY, bytes INTEGER NOT NULL, files INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE partial (
  principal TEXT NOT NULL, path TEXT NOT NULL, content_id TEXT NOT NULL, size INTEGER NOT NULL, total INTEGER NOT NULL,
  started_at INTEGER NOT NULL, touched_at INTEGER NOT NULL, PRIMARY KEY (principal, path)) STRICT, WITHOUT ROWID;
CREATE INDEX partial_touched ON partial (touched_at);
CREATE INDEX partial_content ON partial (content_id);
`;

/** A question is told apart by its record ticket; `match` has no person in it. `state`: open, answered, closed. */
const VERSION_3 = `
CREATE TABLE question (
  ticket TEXT PRIMARY KEY, batch TEXT NOT NULL, flow TEXT NOT NULL, environment TEXT NOT NULL, asker TEXT NOT NULL,
  source TEXT NOT NULL, match TEXT NOT NULL, asked_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'closed')), answer TEXT, overdue_at INTEGER,
  changed_at INTEGER NOT NULL, CHECK ((state = 'answered') = (answer IS NOT NULL))) STRICT, WITHOUT ROWID;
CREATE INDEX question_match ON question (match);
CREATE INDEX question_open ON question (batch, ticket) WHERE state = 'open';
CREATE INDEX question_overdue ON question (overdue_at) WHERE state = 'open' AND overdue_at IS NOT NULL;
`;

/** Lots are numbered by their sender. */
const VERSION_4 = `
ALTER TABLE submission ADD COLUMN lot INTEGER;
CREATE INDEX submission_lot ON submission (partner, flow, environment, lot) WHERE lot IS NOT NULL;
`;

/** `sent`: JSON of the half-open ranges that its receiver got. */
const VERSION_5 = `
CREATE TABLE delivery_content (
  content_id TEXT PRIMARY KEY, delivery TEXT NOT NULL, size INTEGER NOT NULL, sent TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX submission_quarantined ON submission (flow, environment, received_at) WHERE state = 'quarantined';
INSERT OR IGNORE INTO delivery_content
  SELECT body ->> '$.files[0].contentId', id, body ->> '$.files[0].size', '[]' FROM delivery
  WHERE state = 'delivered' AND body ->> '$.files[0].contentId' IS NOT NULL;
`;

/**
 * Contents without a file; their rows lie in the order they came, which fills pages and shares them among those that come
 * together. `sealing`: how the bytes are encrypted, where they are; nothing writes it yet.
 */
const VERSION_6 = `
CREATE TABLE content (
  content_id TEXT PRIMARY KEY, size INTEGER NOT NULL, sha256 TEXT NOT NULL, kept_at INTEGER NOT NULL, sealing TEXT,
  bytes BLOB NOT NULL) STRICT;
`;

/** A submission is `received` where it was quarantined and is to be checked again. Counts are those of a window, by its begin. */
const VERSION_7 = `
CREATE INDEX submission_unanswered ON submission (flow, environment, received_at) WHERE state IN ('quarantined', 'received', 'checking');
DROP INDEX submission_quarantined;
CREATE INDEX question_ended ON question (changed_at) WHERE state <> 'open';
CREATE TABLE unknown_persons (
  partner TEXT NOT NULL, window TEXT NOT NULL CHECK (window IN ('hour', 'day')), since INTEGER NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (partner, window, since)) STRICT, WITHOUT ROWID;
`;

/** `base`: version of what stood there when an upload of unknown size began, 0 for nothing; NULL where its total is known. */
const VERSION_8 = `
ALTER TABLE partial ADD COLUMN base INTEGER;
`;

/** What the log says about a submission, and who read its answers. `raised`: alarms that are raised once, by what they are about. */
const SUBMISSION_PAGES = `
CREATE INDEX audit_ticket ON audit (fields ->> '$.ticket', seq) WHERE fields ->> '$.ticket' IS NOT NULL;
CREATE INDEX audit_read ON audit (fields ->> '$.path', seq) WHERE kind = 'read';
CREATE TABLE raised (key TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Bytes of each partner by day (UTC), as its usage report has them. */
const TRAFFIC = `
CREATE TABLE traffic (
  day TEXT NOT NULL, partner TEXT NOT NULL, bytes_in INTEGER NOT NULL, bytes_out INTEGER NOT NULL,
  PRIMARY KEY (day, partner)) STRICT, WITHOUT ROWID;
`;

/**
 * Originals of large batches: written in many transactions, and counting from the one on that closes their batch. A stage is of one
 * try of one batch.
 */
const ORIGINALS_IN_STAGES = `
CREATE TABLE original_stage (
  stage INTEGER PRIMARY KEY, ticket TEXT NOT NULL, flow TEXT NOT NULL, environment TEXT NOT NULL, partner TEXT NOT NULL,
  counts INTEGER NOT NULL) STRICT;
CREATE INDEX original_stage_of ON original_stage (flow, environment, partner) WHERE counts = 1;
CREATE INDEX original_stage_left ON original_stage (ticket) WHERE counts = 0;
CREATE TABLE staged_original (
  stage INTEGER NOT NULL, reference TEXT NOT NULL, receivers TEXT NOT NULL,
  PRIMARY KEY (stage, reference)) STRICT, WITHOUT ROWID;
`;

type Migration = (sql: Sql) => void;

const MIGRATIONS: readonly Migration[] = [
  (sql) => sql.exec(VERSION_1),
  (sql) => {
    sql.exec(VERSION_2);
    countAllUsage(sql);
  },
  (sql) => sql.exec(VERSION_3),
  (sql) => sql.exec(VERSION_4),
  (sql) => sql.exec(VERSION_5),
  (sql) => sql.exec(VERSION_6),
  (sql) => sql.exec(VERSION_7),
  (sql) => sql.exec(VERSION_8),
  (sql) => sql.exec(SUBMISSION_PAGES),
  (sql) => sql.exec(TRAFFIC),
  countPartials,
  (sql) => sql.exec(ORIGINALS_IN_STAGES),
];

/**
 * Brings the ledger to the newest version, each step in a transaction of its own.
 * @throws GatewayError `unavailable` where a newer program has written it
 */
export function migrate(sql: Sql, now: number): void {
  sql.exec('CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT');
  const current = integer(sql.one('SELECT coalesce(max(version), 0) AS version FROM migration'), 'version');
  if (current > MIGRATIONS.length) {
    throw new GatewayError('unavailable', 'the ledger was written by a newer version of this program; start that one');
  }
  MIGRATIONS.slice(current).forEach((migration, index) => {
    sql.exec('BEGIN IMMEDIATE');
    migration(sql);
    sql.run('INSERT INTO migration (version, at) VALUES ($version, $at)', { version: current + index + 1, at: now });
    sql.exec('COMMIT');
  });
}
