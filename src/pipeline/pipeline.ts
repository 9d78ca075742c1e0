import type { Clock } from '../domain/clock.ts';
import type { Current } from '../domain/current.ts';
import type { Generation } from '../domain/generation.ts';
import type { Logger, Metrics } from '../domain/logger.ts';
import type { Signer } from '../evidence/cms.ts';
import type { TextOf } from '../evidence/notification.ts';
import type { ContentStore } from '../storage/content-store.ts';
import type { Ledger } from '../storage/ledger.ts';
import type { Vfs } from '../vfs/vfs.ts';
import { Answers } from './answer.ts';
import { DropFolder } from './arrivals.ts';
import { AtOnce } from './at-once.ts';
import { Batches } from './batches.ts';
import { type BatchRunner, Checker, turnOfCheck } from './check.ts';
import { Closer } from './closer.ts';
import { Deliverer } from './deliver.ts';
import { DeliveryWatcher } from './delivery-watcher.ts';
import { DirectoryWork } from './directory-work.ts';
import { Dispatcher } from './dispatcher.ts';
import { FileProbe } from './file-probe.ts';
import { Notices } from './notices.ts';
import { QuestionWatcher } from './question-watcher.ts';
import { Receiver } from './receive.ts';
import { SealedFiles } from './sealed-files.ts';
import { Sequences } from './sequences.ts';
import { SetSignatures, type Signing } from './set-signatures.ts';
import { SignatureThread } from './signature-thread.ts';
import { SimulationMeter } from './simulation-meter.ts';
import { UnknownPersonsWatch } from './unknown-persons.ts';

const ARRIVALS_AT_ONCE = 16;
/** Most of them wait for their turn: deliveries of a flow are published in the order of receipt. */
const CHECKS_AT_ONCE = 512;
/** Of one flow; more would hold up small files of the others. */
const CHECKS_AHEAD = 16;

export type PipelineParts = {
  readonly store: ContentStore;
  readonly ledger: Ledger;
  readonly vfs: Vfs;
  /** Each signature is made by one of them. */
  readonly signer: Current<Signer>;
  /** Folders that batch workers open by themselves. */
  readonly contentFolder: string;
  readonly directoryFolder: string;
  readonly generation: Current<Generation>;
  readonly textOf: TextOf;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly onBroken: (error: Error) => void;
  /** Whose signatures incoming sets may bear. */
  readonly signing: Current<Signing>;
  readonly drop: { readonly enabled: boolean; readonly directory: string; readonly sweepSeconds: number };
};

export type Pipeline = {
  /** An arrival was committed: look now, or when it is due. */
  nudge(dueAt?: number): void;
  /** Sets that wait for word of revocation. */
  signaturesHeld(): number;
  /** What checks records, for those who ask without handing in. */
  readonly batches: BatchRunner;
  readonly meter: SimulationMeter;
  readonly unknownPersons: UnknownPersonsWatch;
  /** What makes answers, for those who close a submission in another way than by checking it. */
  readonly answers: Answers;
  /** A check was queued: look now. */
  nudgeChecks(): void;
  close(): Promise<void>;
};

/** Builds the pipeline and lets it run: what a crash left in the queue goes on from there. */
export async function startPipeline(parts: PipelineParts): Promise<Pipeline> {
  const { store, ledger, signer, generation, textOf, clock, vfs, drop } = parts;
  const sealed = new SealedFiles({ store, ledger, signer });
  const answers = new Answers({ store, sealed, textOf, generation, clock });
  const sequences = new Sequences(ledger);
  const deliverer = new Deliverer({ store, sequences, sealed, clock });
  const batches = new Batches({ contentDirectory: parts.contentFolder, referenceDirectory: parts.directoryFolder });
  const directoryWork = new DirectoryWork(parts);
  const unknownPersons = new UnknownPersonsWatch(parts);
  const closer = new Closer({ ...parts, answers, deliverer, sequences, directoryWork, unknownPersons });
  const checker = new Checker({ ...parts, batches, closer, directoryWork });
  const checks = new Dispatcher(parts, {
    queue: 'check',
    atOnce: CHECKS_AT_ONCE,
    keepsOrder: true,
    turnOf: turnOfCheck,
    ahead: CHECKS_AHEAD,
    handle: (lease, place) => checker.handle(lease, place),
  });
  const thread = new SignatureThread(parts.contentFolder, parts.signing.value.policy);
  const signatures = new SetSignatures({ ...parts, thread });
  const probe = new FileProbe(parts);
  const meter = new SimulationMeter(clock, () => generation.value.limits.simulationBytesPerHour);
  const receiver = new Receiver({
    ...parts,
    answers,
    signatures,
    probe,
    meter,
    early: checker.early,
    atOnce: new AtOnce({ early: checker.early, closer }),
    checks,
    isInUse: (path) => vfs.isInUse(path),
    onCheck: () => checks.nudge(),
  });
  const arrivals = new Dispatcher(parts, {
    queue: 'arrival',
    atOnce: ARRIVALS_AT_ONCE,
    keepsOrder: false,
    handle: (lease) => receiver.handle(lease),
  });
  const notices = new Notices({ sealed, textOf, generation });
  const watcher = new QuestionWatcher({ ...parts, notices });
  const mailboxes = new DeliveryWatcher({ ...parts, notices });
  const deliveries = new Dispatcher(parts, {
    queue: 'deliveries',
    atOnce: 1,
    keepsOrder: false,
    handle: (lease) => mailboxes.handle(lease),
  });
  const questions = new Dispatcher(parts, {
    queue: 'questions',
    atOnce: 1,
    keepsOrder: false,
    handle: (lease) => watcher.handle(lease),
  });
  thread.start();
  probe.start();
  await directoryWork.drain(); // what was decided before the last end
  checks.start();
  questions.start();
  deliveries.start();
  arrivals.start();
  const dropFolder = new DropFolder({
    ...parts,
    directory: drop.directory,
    sweepMs: drop.sweepSeconds * 1000,
    uploads: vfs.uploads,
  });
  if (drop.enabled) await dropFolder.start();
  return {
    nudge: (dueAt) => arrivals.nudge(dueAt),
    signaturesHeld: () => signatures.held(),
    batches,
    meter,
    unknownPersons,
    answers,
    nudgeChecks: () => checks.nudge(),
    close: async () => {
      await dropFolder.close();
      await arrivals.stop();
      await Promise.all([thread.close(), probe.close()]);
      await Promise.all([checks.stop(), questions.stop(), deliveries.stop()]);
      await batches.close();
    },
  };
}
