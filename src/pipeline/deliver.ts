import type { Clock } from '../domain/clock.ts';
import { crashPoint } from '../domain/crash-point.ts';
import type { Delivery } from '../domain/delivery.ts';
import type { Flow } from '../domain/flow.ts';
import type { FormatKind } from '../domain/format.ts';
import type { Generation } from '../domain/generation.ts';
import { outputFor, outputVersionFor, type Partner, packagingFor } from '../domain/partner.ts';
import type { Submission } from '../domain/submission.ts';
import { mailboxFolder } from '../domain/tree.ts';
import { childOf } from '../domain/vpath.ts';
import { manifestName } from '../evidence/answer-names.ts';
import { manifestJson } from '../evidence/manifest.ts';
import type { LedgerCommand } from '../storage/commands.ts';
import type { CompletedContent, ContentStore } from '../storage/content-store.ts';
import type { BatchOutput, BatchResult } from './batch.ts';
import { deliveryWatch } from './delivery-watcher.ts';
import { inGroups } from './in-groups.ts';
import { PACKED_SUFFIX, packed } from './packaging.ts';
import { answerFiles, keepingFiles, type SealedFile, type SealedFiles } from './sealed-files.ts';
import type { Sequences } from './sequences.ts';

const SEQUENCE_DIGITS = 8;
/** Their manifests and signatures share syncs of the disk. */
const PREPARED_AT_ONCE = 16;
const EXTENSION = {
  delimited: 'csv',
  'fixed-width': 'txt',
  xml: 'xml',
  'json-lines': 'jsonl',
} as const satisfies Record<FormatKind, string>;

/** A delivery whose files are complete; its commands place it in the receiver's mailbox. */
export type PreparedDelivery = {
  readonly delivery: Delivery;
  readonly commands: (at: number) => readonly LedgerCommand[];
};

type Parts = {
  readonly store: ContentStore;
  readonly sequences: Pick<Sequences, 'next'>;
  readonly sealed: SealedFiles;
  readonly clock: Clock;
};

type Source = {
  readonly submission: Submission;
  readonly flow: Flow;
  readonly generation: Generation;
  readonly sender: Partner;
  readonly layoutVersion: string;
};

/** Makes the deliveries of a batch: one file per receiver, with its signed manifest and its place in the sequence. */
export class Deliverer {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async prepare(
    submission: Submission,
    flow: Flow,
    generation: Generation,
    result: BatchResult,
  ): Promise<readonly PreparedDelivery[]> {
    const sender = generation.partners.find((partner) => partner.id === submission.partner);
    if (sender === undefined) return [];
    const source = { submission, flow, generation, sender, layoutVersion: result.layoutVersion };
    const prepared = await inGroups(result.outputs, PREPARED_AT_ONCE, async (output) => {
      const receiver = generation.partners.find((partner) => partner.id === output.receiver);
      const delivery = receiver === undefined ? undefined : await this.#one(source, receiver, output);
      crashPoint('answer.manifest');
      return delivery;
    });
    return prepared.filter((delivery) => delivery !== undefined);
  }

  async #one(source: Source, receiver: Partner, output: BatchOutput): Promise<PreparedDelivery> {
    const { submission, flow } = source;
    const { environment, ticket } = submission;
    const where = { flow: flow.code, environment, receiver: receiver.id };
    const sequence = await this.#parts.sequences.next(where);
    const files = await this.#files(source, receiver, output, sequence);
    const folder = mailboxFolder(receiver, environment, flow.code);
    const id = `${ticket}-${receiver.id}`;
    const delivery: Delivery = {
      id,
      ticket,
      ...where,
      sequence,
      folder,
      files: answerFiles(files),
      records: output.records,
      state: 'delivered',
    };
    const commands = (at: number) => [
      ...keepingFiles(files),
      ...deliveryCommands(delivery, at),
      deliveryWatch(flow, id, at),
    ];
    return { delivery, commands };
  }

  async #files(
    source: Source,
    receiver: Partner,
    output: BatchOutput,
    sequence: number,
  ): Promise<readonly SealedFile[]> {
    const { submission, flow } = source;
    const { store, sealed, clock } = this.#parts;
    const number = String(sequence).padStart(SEQUENCE_DIGITS, '0');
    const { kind } = outputFor(receiver, flow.code) ?? flow.format;
    const inside = `${flow.code}.${number}.${submission.ticket}.${EXTENSION[kind]}`;
    const packaging = packagingFor(receiver, flow.code);
    const content = packaging === undefined ? output.content : await packed(store, output.content, packaging, inside);
    if (receiver.answerFormat === 'rsz-xml') {
      return sealed.asSet(flow.code, content, submission.environment, clock.now());
    }
    const name = packaging === undefined ? inside : `${inside}${PACKED_SUFFIX[packaging]}`;
    const facts = manifestFacts(source, receiver, output, { name, sequence, content });
    const { size: unpackedSize, sha256: unpackedSha256 } = output.content;
    const unpacked = packaging && { packaging, file: inside, size: unpackedSize, sha256: unpackedSha256 };
    const manifest = await sealed.write([manifestJson({ ...facts, unpacked })]);
    return [{ name, content }, ...(await sealed.withSignature(manifestName(name), manifest))];
  }
}

function manifestFacts(
  { submission, flow, generation, sender, ...source }: Source,
  receiver: Partner,
  output: BatchOutput,
  as: { readonly name: string; readonly sequence: number; readonly content: CompletedContent },
) {
  return {
    flow: flow.code,
    layoutVersion: outputVersionFor(receiver, flow.code) ?? source.layoutVersion,
    sequence: as.sequence,
    ticket: submission.ticket,
    sender: { partner: sender.id, institution: sender.institution },
    receiver: { partner: receiver.id, institution: receiver.institution },
    environment: submission.environment,
    file: as.name,
    records: output.records,
    size: as.content.size,
    sha256: as.content.sha256,
    authorizations: output.authorizations,
    generation: generation.id,
  };
}

function deliveryCommands(delivery: Delivery, at: number): readonly LedgerCommand[] {
  const { id, ticket, receiver, flow, environment, sequence, records } = delivery;
  const names = delivery.files.map((file) => file.name);
  return [
    { kind: 'insertDelivery', delivery, at },
    ...delivery.files.map(
      (file): LedgerCommand => ({
        kind: 'publish',
        path: childOf(delivery.folder, file.name),
        content: { contentId: file.contentId, size: file.size, sha256: file.sha256 },
        expect: 'absent',
        parentMustExist: false,
        at,
      }),
    ),
    {
      kind: 'audit',
      line: {
        kind: 'delivery',
        outcome: 'done',
        fields: { delivery: id, ticket, receiver, flow, environment, sequence, records, files: names },
      },
    },
  ];
}
