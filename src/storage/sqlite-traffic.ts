import { integer, type Sql, text } from './sql.ts';
import type { Command, Step } from './sqlite-step.ts';
import type { TrafficQuery, TrafficRow } from './traffic-commands.ts';

export function countTraffic({ sql }: Step, { rows, forgetBefore }: Command<'countTraffic'>): void {
  sql.run('DELETE FROM traffic WHERE day < $forgetBefore', { forgetBefore });
  for (const { partner, day, bytesIn, bytesOut } of rows) {
    sql.run(
      `INSERT INTO traffic (day, partner, bytes_in, bytes_out) VALUES ($day, $partner, $bytesIn, $bytesOut)
       ON CONFLICT DO UPDATE SET bytes_in = bytes_in + excluded.bytes_in, bytes_out = bytes_out + excluded.bytes_out`,
      { day, partner, bytesIn, bytesOut },
    );
  }
}

export function traffic(sql: Sql, { from, limit }: TrafficQuery): readonly TrafficRow[] {
  return sql
    .all('SELECT * FROM traffic WHERE day >= $from ORDER BY day DESC, partner LIMIT $limit', { from, limit })
    .map((row) => ({
      partner: text(row, 'partner') as TrafficRow['partner'],
      day: text(row, 'day') as TrafficRow['day'],
      bytesIn: integer(row, 'bytes_in'),
      bytesOut: integer(row, 'bytes_out'),
    }));
}
