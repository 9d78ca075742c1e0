import type { ContentQuery, KeptContent } from './content-commands.ts';
import { bytes, integer, type Sql, text } from './sql.ts';
import type { Command, Step } from './sqlite-step.ts';

type QueryOf<K extends ContentQuery['kind']> = Extract<ContentQuery, { readonly kind: K }>;

/** That something needs the content of a row of `wanted`: entries; partial uploads; submissions. */
export const IS_NAMED = `(EXISTS (SELECT 1 FROM entry WHERE content_id = wanted.value AND content_id <> '')
  OR EXISTS (SELECT 1 FROM partial WHERE content_id = wanted.value)
  OR EXISTS (SELECT 1 FROM submission_content WHERE content_id = wanted.value))`;

export function keepContent({ sql, now }: Step, { content, bytes: value }: Command<'keepContent'>): void {
  sql.run(
    `INSERT INTO content (content_id, size, sha256, kept_at, bytes) VALUES ($contentId, $size, $sha256, $now, $value)
     ON CONFLICT DO NOTHING`,
    { contentId: content.contentId, size: content.size, sha256: content.sha256, now, value },
  );
}

/** The pages it took are used again by what is kept next. */
export function dropContents({ sql }: Step, { contentIds }: Command<'dropContents'>): void {
  sql.run(
    `DELETE FROM content WHERE content_id IN (
       SELECT wanted.value FROM json_each($contentIds) AS wanted WHERE NOT ${IS_NAMED})`,
    { contentIds: JSON.stringify(contentIds) },
  );
}

export function bytesOfContents(sql: Sql, { contentIds }: QueryOf<'contents'>): ReadonlyMap<string, Uint8Array> {
  const rows = sql.all(
    'SELECT content_id, bytes FROM content WHERE content_id IN (SELECT value FROM json_each($contentIds))',
    { contentIds: JSON.stringify(contentIds) },
  );
  return new Map(rows.map((row) => [text(row, 'content_id'), bytes(row, 'bytes')]));
}

/** No bytes are read for it: they lie behind the other columns, and large ones on pages of their own. */
export function keptContents(sql: Sql, { after, limit }: QueryOf<'keptContents'>): readonly KeptContent[] {
  return sql
    .all('SELECT rowid, content_id, kept_at FROM content WHERE rowid > $after ORDER BY rowid LIMIT $limit', {
      after,
      limit,
    })
    .map((row) => ({
      position: integer(row, 'rowid'),
      contentId: text(row, 'content_id'),
      keptAt: integer(row, 'kept_at'),
    }));
}
