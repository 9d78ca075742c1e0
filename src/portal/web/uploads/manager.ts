import { computed, type Signal, signal } from '@preact/signals';
import { type ApiError, api, asApiError } from '../api/client.ts';
import { askSecondFactor, isLevelTooLow, throughStepUp } from '../state/step-up.ts';
import type { Given } from './dropped.ts';
import { awaitedBy, isEnded, isRunning, nextToStart, type Ordered, type UploadState } from './order.ts';
import { abandon, type Condition, entryOf } from './send.ts';
import { Speedometer } from './speed.ts';
import { OtherHeld, transfer } from './transfer.ts';

const AT_ONCE = 3;

/** What is shown of one upload. */
export type UploadView = {
  readonly state: UploadState;
  readonly sentBytes: number;
  readonly bytesPerSecond: number | undefined;
  readonly error: ApiError | undefined;
  readonly sha256: string | undefined;
  /** By which the hub processes it. */
  readonly ticket: string | undefined;
};

/** One file on its way to a folder. */
export class Upload implements Ordered {
  readonly id: number;
  readonly file: File;
  readonly folder: string;
  readonly name: string;
  readonly view: Signal<UploadView>;
  readonly speed = new Speedometer();
  condition: Condition;
  startOver = false;
  aborter: AbortController | undefined;

  constructor(id: number, file: File, folder: string, condition: Condition) {
    this.id = id;
    this.file = file;
    this.folder = folder;
    this.name = file.name.normalize('NFC');
    this.condition = condition;
    this.view = signal({
      ...{ state: 'waiting', sentBytes: 0 },
      ...{ bytesPerSecond: undefined, error: undefined, sha256: undefined, ticket: undefined },
    });
  }

  get state(): UploadState {
    return this.view.value.state;
  }

  get path(): string {
    return this.folder === '/' ? `/${this.name}` : `${this.folder}/${this.name}`;
  }

  change(change: Partial<UploadView>): void {
    this.view.value = { ...this.view.peek(), ...change };
  }
}

export const uploads = signal<readonly Upload[]>([]);
export const anyRunning = computed(() => uploads.value.some((one) => isRunning(one) || one.state === 'waiting'));
/** Grows with every file that has arrived, so that who shows a folder looks again. */
export const lastArrival = signal<{ readonly folder: string; readonly count: number }>({ folder: '', count: 0 });

let lastId = 0;

/** Sends files to a folder. @param replaced ETags of files that are there and shall be replaced, by name */
export function addUploads(folder: string, given: readonly Given[], replaced: ReadonlyMap<string, string>): void {
  const added = given.map(({ file, below }) => {
    const target = below === '' ? folder : `${folder === '/' ? '' : folder}/${below}`;
    const etag = below === '' ? replaced.get(file.name.normalize('NFC')) : undefined;
    return new Upload(++lastId, file, target, etag === undefined ? 'absent' : { replaces: etag });
  });
  const isSame = (one: Upload) => added.some((other) => other.path === one.path);
  uploads.value = [...uploads.value.filter((one) => !(isSame(one) && !isRunning(one))), ...added];
  startNext();
}

/** What a GO still waits for. */
export function awaited(upload: Upload): readonly Upload[] {
  return awaitedBy(upload, uploads.value);
}

export function pauseUpload(upload: Upload): void {
  upload.change({ state: 'paused', bytesPerSecond: undefined });
  upload.aborter?.abort();
  startNext();
}

/** Also tries again what failed. */
export function resumeUpload(upload: Upload): void {
  upload.change({ state: 'waiting', error: undefined });
  startNext();
}

/** Throws away what is held of another file with this name. */
export function startOver(upload: Upload): void {
  upload.startOver = true;
  resumeUpload(upload);
}

/** Replaces the file that is there now. */
export async function replaceExisting(upload: Upload): Promise<void> {
  const entry = await entryOf(upload.path, new AbortController().signal);
  upload.condition = entry?.etag == null ? 'absent' : { replaces: entry.etag };
  resumeUpload(upload);
}

/** Ends an upload, and forgets what the gateway holds of it. A GO that waits for it does not go. */
export async function cancelUpload(upload: Upload): Promise<void> {
  const began = upload.view.peek().sentBytes > 0;
  upload.change({ state: 'cancelled', bytesPerSecond: undefined });
  upload.aborter?.abort();
  clearIf((one) => one === upload);
  startNext();
  if (began) await abandon(upload.path);
}

/** Leaves the file that is there as it is; for a GO it has arrived. */
export function keepExisting(upload: Upload): void {
  uploads.value = uploads.value.filter((one) => one !== upload);
  startNext();
}

export function clearEnded(): void {
  clearIf(isEnded);
}

/** What a GO waits for stays to be seen, until the GO is taken away itself. */
function clearIf(unwanted: (upload: Upload) => boolean): void {
  const all = uploads.value;
  const awaitedOnes = new Set(all.filter((one) => one.state === 'waiting').flatMap((one) => awaitedBy(one, all)));
  uploads.value = all.filter((one) => !unwanted(one) || awaitedOnes.has(one));
}

function startNext(): void {
  for (const upload of nextToStart(uploads.peek(), AT_ONCE)) void run(upload);
}

async function run(upload: Upload): Promise<void> {
  const aborter = new AbortController();
  upload.aborter = aborter;
  upload.speed.reset();
  upload.change({ state: 'preparing', error: undefined });
  try {
    const arrived = await transfer(
      {
        ...{ file: upload.file, path: upload.path, condition: upload.condition, startOver: upload.startOver },
        onState: (state, error) => {
          if (state === 'retrying') upload.speed.reset();
          if (!aborter.signal.aborted) upload.change({ state, error });
        },
        onProgress: (sentBytes) => {
          upload.speed.add(sentBytes, performance.now());
          if (!aborter.signal.aborted) upload.change({ sentBytes, bytesPerSecond: upload.speed.bytesPerSecond });
        },
      },
      aborter.signal,
    );
    const { entry, sha256 } = arrived;
    const done = { state: 'done', sentBytes: upload.file.size, sha256, ticket: entry.frozen?.ticket } as const;
    upload.change({ ...done, bytesPerSecond: undefined });
    lastArrival.value = { folder: upload.folder, count: lastArrival.peek().count + 1 };
  } catch (thrown) {
    if (!aborter.signal.aborted) {
      upload.change({ ...outcomeOf(thrown), bytesPerSecond: undefined });
      if (isLevelTooLow(thrown)) void stepUpFor(upload);
    }
  }
  uploads.value = [...uploads.value]; // a GO may go now
  startNext();
}

/** Asks for the second factor that a folder wants. The other files for it would be refused alike: they wait for it too. */
async function stepUpFor(upload: Upload): Promise<void> {
  const { error } = upload.view.peek();
  for (const one of uploads.peek())
    if (one.folder === upload.folder && one.state === 'waiting') one.change({ state: 'failed', error });
  if (!(await askSecondFactor())) return;
  for (const one of uploads.peek())
    if (one.state === 'failed' && isLevelTooLow(one.view.peek().error)) resumeUpload(one);
}

function outcomeOf(thrown: unknown): Pick<UploadView, 'state' | 'error'> {
  if (thrown instanceof OtherHeld) return { state: 'other-held', error: undefined };
  const error = asApiError(thrown);
  const isThere = error.status === 412 || error.status === 428;
  return { state: isThere ? 'exists' : 'failed', error };
}

/** Makes the folders that dropped files lay in. What is there already is good. @throws ApiError */
export async function makeFolders(folder: string, given: readonly Given[]): Promise<void> {
  const wanted = new Set<string>();
  for (const { below } of given) {
    const names = below === '' ? [] : below.split('/');
    for (const [index] of names.entries()) wanted.add(names.slice(0, index + 1).join('/'));
  }
  for (const below of [...wanted].sort()) {
    const path = `${folder === '/' ? '' : folder}/${below}`;
    try {
      await throughStepUp(() => api('POST', '/folder', { body: { path } }));
    } catch (error) {
      if (asApiError(error).problem.code !== 'already-exists') throw error;
    }
  }
}

/** Who closes the page while files are on their way is asked whether he means it. */
export function guardLeaving(): void {
  addEventListener('beforeunload', (event) => {
    if (anyRunning.peek()) event.preventDefault();
  });
}
