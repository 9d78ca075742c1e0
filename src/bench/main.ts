/** `npm run bench <area> -- [--quick] [--json]`: measures one area. Exit 0 where every target is met, 1 where one is not. */
import { benchAccess } from './access.ts';
import { benchDirectory } from './directory.ts';
import { benchFormats } from './formats.ts';
import { benchPipeline } from './pipeline.ts';
import { asTable, type Result } from './report.ts';
import { benchSftp } from './sftp.ts';
import { benchWebdav } from './webdav.ts';

const AREAS: Readonly<Record<string, (quick: boolean) => Promise<readonly Result[]>>> = {
  access: benchAccess,
  directory: benchDirectory,
  formats: benchFormats,
  pipeline: benchPipeline,
  sftp: benchSftp,
  webdav: benchWebdav,
};

const words = process.argv.slice(2);
const [area = ''] = words.filter((word) => !word.startsWith('--'));
const bench = Object.hasOwn(AREAS, area) ? AREAS[area] : undefined;
if (bench === undefined) {
  process.stderr.write(`npm run bench <area> -- [--quick] [--json]; the areas: ${Object.keys(AREAS).join(', ')}\n`);
  process.exit(2);
}
// What was started ends with this process, and with `exit` alone.
process.once('SIGTERM', () => process.exit(143)).once('SIGINT', () => process.exit(130));
const results = await bench(words.includes('--quick'));
const lines = words.includes('--json') ? results.map((result) => JSON.stringify(result)) : [asTable(results)];
process.stdout.write(`${lines.join('\n')}\n`);
process.exitCode = results.some(({ met }) => met === false) ? 1 : 0;
