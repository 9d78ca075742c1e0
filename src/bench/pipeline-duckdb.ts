import { open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { RECEIVER_QUALITY, RECEIVERS, receiverInstitution } from './generate-persons.ts';
import { loadLines, OPEN_DAY } from './pipeline-duckdb-lines.ts';
import { partnerOf } from './pipeline-network.ts';

/** The work of the gateway for delimited address mutations, in SQL alone; a process of its own. */

/** How often each code was given, and how many records each receiver got. */
export type BatchCounts = {
  readonly accepted: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly routed: Readonly<Record<string, number>>;
};

export type DuckdbFigures = {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMB: number;
  readonly counts: BatchCounts;
};

const KIB_PER_MB = 1024;
const CODE_OF_INSZ = 'MSG00011';
const CODE_OF_DATES = 'MSG00008';

const FIELDS = [
  'record_no',
  'ticket',
  'ssin',
  'ssin_replaced_by',
  'mutation_code',
  'effective_date',
  'street',
  'house_no',
  'box',
  'postal_code',
  'municipality_nis',
  'country_nis',
  'source',
  'quality_code',
  'quality_begin',
  'quality_end',
] as const;
/** What every act of the benchmark lets pass: all blocks but the one of `source`. */
const PASSED = FIELDS.slice(0, 12).map((name) => `b.${name}`);

/** The key of a person is made as `domain/person-key.ts` has it: the check digits tell the century. */
const READ = (batch: string) => `
CREATE TEMP TABLE batch AS
WITH rows AS (SELECT * FROM read_csv('${batch}', delim = ';', header = true, all_varchar = true, nullstr = '')),
numbers AS (
  SELECT *, try_cast(left(ssin, 9) AS UBIGINT) AS nine, try_cast(substr(ssin, 10) AS UBIGINT) AS tail,
    try_cast(effective_date AS DATE) AS effective, try_cast(quality_begin AS DATE) AS first_day,
    try_cast(quality_end AS DATE) AS last_day
  FROM rows),
keys AS (
  SELECT *, CASE WHEN length(ssin) <> 11 THEN NULL WHEN 97 - nine % 97 = tail THEN nine
    WHEN 97 - (2000000000 + nine) % 97 = tail THEN 1000000000 + nine END AS person
  FROM numbers)
SELECT ${FIELDS.join()}, try_cast(record_no AS UINTEGER) AS number, person::UINTEGER AS person, effective,
  (effective - DATE '1970-01-01')::USMALLINT AS day,
  person IS NULL AS bad_person,
  effective IS NULL OR first_day IS NULL OR (quality_end IS NOT NULL AND last_day IS NULL) OR coalesce(last_day < first_day, false) AS bad_dates
FROM keys`;

const ACTS = `
CREATE TEMP TABLE acts (receiver VARCHAR, sector USMALLINT, type UTINYINT, quality USMALLINT, act VARCHAR, flow VARCHAR,
  sender VARCHAR, environment VARCHAR, since DATE)`;

const ROUTE = `
CREATE TEMP TABLE routed AS
SELECT b.number, a.receiver, a.act, l.quality, l.begins, ${PASSED.join()}
FROM batch b JOIN lines l ON l.person = b.person
JOIN acts a ON a.sector = l.sector AND a.type = l.type AND a.quality = l.quality
WHERE NOT b.bad_person AND NOT b.bad_dates AND a.flow = 'ADRM' AND a.sender = '25/0' AND a.environment = 'R'
  AND a.since <= b.effective AND l.begins <= b.day AND l.ends = ${OPEN_DAY}`;

/** The quality is the receiver's own, and so are its days. */
const DELIVER = (folder: string) => `
COPY (
  SELECT receiver, ${FIELDS.slice(0, 12).join()}, '' AS source, lpad(quality::VARCHAR, 3, '0') AS quality_code,
    DATE '1970-01-01' + begins::INTEGER AS quality_begin, '' AS quality_end
  FROM routed)
TO '${folder}' (FORMAT csv, DELIMITER ';', HEADER true, PARTITION_BY (receiver))`;

const LOG = (file: string) => `
COPY (
  SELECT b.number, b.person, r.receiver, r.act, r.quality,
    CASE WHEN b.bad_person OR b.bad_dates THEN 'refused' WHEN r.receiver IS NULL THEN 'without-receiver' ELSE 'accepted' END AS outcome,
    CASE WHEN b.bad_person THEN '${CODE_OF_INSZ}' WHEN b.bad_dates THEN '${CODE_OF_DATES}' END AS code
  FROM batch b LEFT JOIN routed r ON r.number = b.number)
TO '${file}' (FORMAT parquet)`;

/** From the file until outputs and log are on the disk. */
async function check(connection: DuckDBConnection, batch: string, folder: string): Promise<void> {
  await connection.run(READ(batch));
  await connection.run(ROUTE);
  await connection.run(DELIVER(join(folder, 'outputs')));
  await connection.run(LOG(join(folder, 'log.parquet')));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const handle = await open(join(entry.parentPath, entry.name), 'r');
    await handle.sync();
    await handle.close();
  }
}

async function countsOf(connection: DuckDBConnection): Promise<BatchCounts> {
  const rows = async (sql: string) =>
    (await connection.runAndReadAll(sql)).getRowsJson().map(([name, count]) => [String(name), Number(count)] as const);
  const refused = (column: string) => `SELECT '${column}', count(*) FROM batch WHERE ${column}`;
  const [[, accepted = 0] = ['', 0]] = await rows(
    "SELECT '', count(*) FROM batch WHERE NOT bad_person AND NOT bad_dates",
  );
  const [[, persons = 0] = ['', 0]] = await rows(refused('bad_person'));
  const [[, dates = 0] = ['', 0]] = await rows(refused('bad_dates'));
  const routed = await rows('SELECT receiver, count(*) FROM routed GROUP BY receiver ORDER BY receiver');
  return { accepted, refused: { [CODE_OF_INSZ]: persons, [CODE_OF_DATES]: dates }, routed: Object.fromEntries(routed) };
}

async function run(database: string, batch: string, folder: string): Promise<DuckdbFigures> {
  const instance = await DuckDBInstance.create(database, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  // With fewer open files than receivers it writes several for each.
  await connection.run('SET partitioned_write_max_open_files = 1000');
  await connection.run(ACTS);
  for (let receiver = 0; receiver < RECEIVERS; receiver += 1) {
    const { sector, type } = receiverInstitution(receiver);
    const institution = `${sector}, ${type}, ${Number(RECEIVER_QUALITY)}`;
    const act = `'adrm-bench 1', 'ADRM', '25/0', 'R', '2020-01-01'`;
    await connection.run(`INSERT INTO acts VALUES ('${partnerOf(receiver)}', ${institution}, ${act})`);
  }
  // The lines are in memory, as they are for the gateway.
  await connection.run('SELECT sum(person), sum(sector), sum(type), sum(quality), sum(begins), sum(ends) FROM lines');
  const before = process.cpuUsage();
  const start = performance.now();
  await check(connection, batch, folder);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const peakMB = Math.round(process.resourceUsage().maxRSS / KIB_PER_MB);
  const counts = await countsOf(connection);
  connection.closeSync();
  instance.closeSync();
  return { seconds, cpuSeconds: (user + system) / 1e6, peakMB, counts };
}

if (import.meta.main) {
  const [command, database = '', ...words] = process.argv.slice(2);
  if (command === 'load') {
    const [persons, seed] = words.map(Number);
    const part = `${database}.part`;
    await rm(part, { force: true });
    const lines = await loadLines(part, { persons: persons ?? 0, seed: seed ?? 0 });
    await rename(part, database);
    process.stdout.write(JSON.stringify({ lines }));
  } else {
    const [batch = '', folder = ''] = words;
    process.stdout.write(JSON.stringify(await run(database, batch, folder)));
  }
}
