import type { Generation } from '../../domain/generation.ts';
import type { PartnerId } from '../../domain/principal.ts';
import type { Submission, Ticket } from '../../domain/submission.ts';
import { mailboxFolder, SHARED } from '../../domain/tree.ts';
import { childOf, isWithin, parentOf, parseVPath, type VPath } from '../../domain/vpath.ts';
import type { ChainedLine } from '../../storage/commands.ts';

/** What a line of the audit log says has changed: ledger folders, and the submission that it is about. */
export type Touched = { readonly folders: readonly VPath[]; readonly ticket: Ticket | undefined };

/** Lines about the file tree whose `path` is one that a principal sees. */
const OF_NAMES: ReadonlySet<string> = new Set(['publish', 'delete', 'move', 'copy', 'make-folder', 'set-modified']);

const NOTHING: Touched = { folders: [], ticket: undefined };

/** Reads one line. What could not be done has changed nothing, but for a submission that was refused. */
export function touchedBy({ kind, outcome, fields }: ChainedLine, generation: Generation): Touched {
  const { path, to, principal, ticket, partner, receiver, flow, environment } = fields;
  if (OF_NAMES.has(kind)) {
    if (outcome !== 'done') return NOTHING;
    return { folders: [path, to].flatMap((one) => folderOfName(one, principal)), ticket: undefined };
  }
  // The sweeper names what it removes by its ledger path.
  if (kind === 'swept')
    return { folders: typeof path === 'string' ? [parentOf(path as VPath)] : [], ticket: undefined };
  if (typeof receiver === 'string')
    return { folders: mailboxOf(generation, receiver, flow, environment), ticket: undefined };
  if (typeof ticket !== 'string' || typeof partner !== 'string') return NOTHING;
  return { folders: mailboxOf(generation, partner, flow, environment), ticket: ticket as Ticket };
}

/** The ledger folders a submission shows itself in. */
export function foldersOf({ files }: Submission): readonly VPath[] {
  return files.map(({ path }) => parentOf(path));
}

function folderOfName(path: unknown, principal: unknown): readonly VPath[] {
  if (typeof path !== 'string' || typeof principal !== 'string') return [];
  const seen = parseVPath(path);
  if (isWithin(seen, SHARED)) return [parentOf(seen)];
  const partner = principal.slice(principal.lastIndexOf('@') + 1);
  return [parentOf(parseVPath(`${childOf('/partners' as VPath, partner)}${seen}`))];
}

function mailboxOf(generation: Generation, id: string, flow: unknown, environment: unknown): readonly VPath[] {
  const partner = generation.partners.find((one) => one.id === (id as PartnerId));
  if (partner === undefined || (environment !== 'R' && environment !== 'T' && environment !== 'S')) return [];
  return [mailboxFolder(partner, environment, typeof flow === 'string' ? flow : undefined)];
}
