import { mkdir, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Bundle } from './config/bundle.ts';
import type { Change } from './config/changes.ts';
import { writeDurably } from './config/durable-file.ts';
import { keyText } from './config/keys.ts';
import { type Loaded, loadTree, type Source } from './config/load.ts';
import { loadStored } from './config/load-stored.ts';
import { formatProblem } from './config/problems.ts';
import {
  approvalsNeeded,
  approverRefusal,
  isStepFrom,
  type Proposal,
  personOf,
  textToSign,
} from './config/proposals.ts';
import { readTree } from './config/tree.ts';
import type { UnderstoodFiles } from './config/understood-files.ts';
import { GatewayError } from './domain/errors.ts';
import { dateOf } from './domain/period.ts';
import { type ConfigurationDesk, type DeskParts, systemAuthor } from './gateway-config-desk.ts';

type Parts = Pick<DeskParts, 'audit' | 'clock' | 'current' | 'data' | 'signerOf' | 'settings'> & {
  readonly desk: ConfigurationDesk;
  readonly configDirectory: string;
  readonly understood: UnderstoodFiles;
  /** Looks at the folder now, also where nothing changed there. */
  readonly look: () => Promise<void>;
};

export type Signature = { readonly form: 'ssh' | 'certificate'; readonly signature: string };
export type Wish = { readonly author?: string | undefined; readonly message?: string | undefined };

/** What is answered about a proposal: how far it is, and what is to be signed. */
export type ProposalAnswer = Omit<Proposal, 'approvals' | 'proof'> & {
  /** Whether the author signed, and it counts now. */
  readonly authorProven: boolean;
  /** Why not, where he signed. */
  readonly authorRefusal?: string | undefined;
  readonly approvers: readonly string[];
  readonly approvalsNeeded: number;
  readonly toSign: string;
  /** Changes that need a second person; none where it may be put in force as it is. */
  readonly changes: readonly string[];
  /** Changes that one person may make alone, and that come with it: whom it lets in again, as well. */
  readonly others: readonly string[];
};

const MESSAGE = /^\P{Cc}{0,500}$/u;

/** `sluis config propose | sign | approve | apply | rollback`, as the running gateway does them, one after the other. */
export class ConfigurationProposals {
  readonly #parts: Parts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The files as they stand in a folder. @throws GatewayError `bad-request` where they are not sound or change nothing */
  propose(folder: string | undefined, wish: Wish): Promise<ProposalAnswer> {
    return this.#inTurn(() => this.#propose(folder, wish));
  }

  /** An earlier generation, to be in force again: it takes the same approval as any other. */
  rollback(name: string, wish: Wish): Promise<ProposalAnswer> {
    return this.#inTurn(() => this.#rollback(name, wish));
  }

  /** The author's own signature. @throws GatewayError `bad-request` where it is somebody else's, or of no use today */
  prove(name: string, signed: Signature): Promise<ProposalAnswer> {
    return this.#inTurn(() => this.#prove(name, signed));
  }

  /** A second person's signature. Where its files lie in the folder, they come in force. @throws GatewayError `bad-request` */
  approve(name: string, signed: Signature): Promise<ProposalAnswer> {
    return this.#inTurn(() => this.#approve(name, signed));
  }

  /** Writes a proposal into the folder, and it comes in force. @throws GatewayError `precondition-failed` without approval */
  apply(name: string): Promise<ProposalAnswer> {
    return this.#inTurn(() => this.#apply(name));
  }

  /** What is read and what is written belong together: of two at once, the second sees what the first did. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(() => this.#parts.desk.settled()).then(work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #propose(folder: string | undefined, wish: Wish): Promise<ProposalAnswer> {
    const { configDirectory, understood } = this.#parts;
    const directory = folder ?? configDirectory;
    const { loaded, source } = await loadTree(directory, await readTree(directory), {
      keyFiles: 'required',
      understood,
    });
    return this.#make(loaded, source, wish);
  }

  async #rollback(name: string, wish: Wish): Promise<ProposalAnswer> {
    const { desk } = this.#parts;
    const { tree } = await desk.store.find(name);
    const { loaded, source } = await this.#load(await desk.store.get(tree));
    // Never by itself, also where nobody needs to approve: it may let in again whom his institution shut out since.
    return this.#make(loaded, source, { message: `back to ${name}`, ...wish });
  }

  async #prove(name: string, signed: Signature): Promise<ProposalAnswer> {
    const { desk, clock, audit, look } = this.#parts;
    const proposal = await desk.proposals.find(name);
    this.#mustBeOpen(proposal);
    const { tree, author } = proposal;
    const systemUser = userInfo().username;
    const refusal = await desk.authorRefusalOf(proposal, signed);
    const fields = { tree, author, form: signed.form, systemUser };
    if (refusal !== undefined) {
      await audit.record({ kind: 'configuration-signed', outcome: 'refused', fields: { ...fields, reason: refusal } });
      throw new GatewayError('bad-request', refusal);
    }
    await audit.record({ kind: 'configuration-signed', outcome: 'done', fields });
    const proof = { ...signed, at: new Date(clock.now()).toISOString(), systemUser };
    await desk.proposals.save({ ...proposal, proof });
    // Where somebody approved before, this may be what it waited for.
    await desk.applying(tree, author, look);
    return this.answer((await desk.proposals.of(tree)) ?? proposal);
  }

  async #approve(name: string, signed: Signature): Promise<ProposalAnswer> {
    const { desk, signerOf, current, clock, audit, look } = this.#parts;
    const proposal = await desk.proposals.find(name);
    this.#mustBeOpen(proposal);
    const found = await signerOf(signed, textToSign(proposal), current.value);
    const refusal =
      'refusal' in found
        ? found.refusal
        : approverRefusal(current.value, found.signer, proposal.author, dateOf(clock.now()));
    const { tree } = proposal;
    const systemUser = userInfo().username;
    if (refusal !== undefined || !('signer' in found)) {
      const fields = { tree, reason: refusal ?? 'nobody', systemUser };
      await audit.record({ kind: 'configuration-approval', outcome: 'refused', fields });
      throw new GatewayError('bad-request', refusal ?? 'nobody signed this');
    }
    const { signer } = found;
    const approval = { signer, ...signed, at: new Date(clock.now()).toISOString(), systemUser };
    const others = proposal.approvals.filter((one) => one.signer !== signer);
    const fields = { tree, signer, author: proposal.author, form: signed.form, systemUser };
    await audit.record({ kind: 'configuration-approval', outcome: 'done', fields });
    await desk.proposals.save({ ...proposal, approvals: [...others, approval] });
    await desk.applying(tree, signer, look);
    return this.answer((await desk.proposals.of(tree)) ?? proposal);
  }

  async #apply(name: string): Promise<ProposalAnswer> {
    const { desk, look } = this.#parts;
    const proposal = await desk.proposals.find(name);
    if (proposal.state !== 'in-force' || proposal.tree !== desk.inForce.tree) {
      this.#mustBeOpen(proposal);
      const bundle = await desk.store.get(proposal.tree);
      const { source } = await this.#load(bundle);
      const standing = await desk.standingOf(proposal);
      const { length } = standing.approvers;
      const needed = source !== undefined && !desk.needsApproval(source) ? 0 : approvalsNeeded(standing);
      if (length < needed) {
        const message = `the proposal has ${length} of ${needed} approvals it needs; "sluis config approve" gives one`;
        throw new GatewayError('precondition-failed', message);
      }
      await desk.whileWriting(() => this.#write(bundle));
      await desk.applying(proposal.tree, `${systemAuthor()} by sluis config apply`, look);
    }
    const after = (await desk.proposals.of(proposal.tree)) ?? proposal;
    if (after.state !== 'in-force') {
      throw new GatewayError(
        'precondition-failed',
        'the files were written and are not in force; "sluis check" or the log tells why',
      );
    }
    return this.answer(after);
  }

  async answer(proposal: Proposal): Promise<ProposalAnswer> {
    const { desk } = this.#parts;
    const { approvals, proof, ...facts } = proposal;
    const standing =
      proposal.state === 'in-force'
        ? { authorProven: proof !== undefined, approvers: approvals.map(({ signer }) => signer) }
        : await desk.standingOf(proposal);
    const { source } = await this.#load(await desk.store.get(proposal.tree));
    const needs = proposal.state === 'open' && source !== undefined && desk.needsApproval(source);
    const all = proposal.state === 'open' && source !== undefined ? desk.changes(source) : [];
    const pathsOf = (isMeant: (change: Change) => boolean) =>
      all.filter(isMeant).map(({ file, path }) => `${file}#/${path}`);
    const changes = pathsOf(({ needsApproval }) => needs && needsApproval);
    const others = pathsOf(({ needsApproval }) => !needs || !needsApproval);
    const needed = needs ? approvalsNeeded(standing) : 0;
    return { ...facts, ...standing, approvalsNeeded: needed, toSign: textToSign(proposal), changes, others };
  }

  async #make(loaded: Loaded, source: Source | undefined, wish: Wish): Promise<ProposalAnswer> {
    const { desk, audit, clock, current } = this.#parts;
    if (!loaded.ok || source === undefined) throw new GatewayError('bad-request', refusedText(loaded));
    const { author = systemAuthor(), message = '' } = wish;
    if (!MESSAGE.test(message))
      throw new GatewayError('bad-request', 'a message is one line of at most 500 characters');
    if (wish.author !== undefined && personOf(current.value.partners, wish.author) === undefined) {
      throw new GatewayError('bad-request', `${wish.author} is no person of the generation in force`);
    }
    if (desk.changes(source).length === 0) {
      throw new GatewayError('bad-request', 'this says the same as the generation in force');
    }
    const tree = await desk.store.put(source.bundle);
    const { id: generation } = loaded.settings.generation;
    const at = new Date(clock.now()).toISOString();
    const who = { author, message, at, systemUser: userInfo().username };
    const proposal = { tree, generation, base: desk.inForce.tree, ...who, approvals: [], state: 'open' as const };
    const fields = { tree, generation, base: proposal.base, author, message, systemUser: who.systemUser };
    await audit.record({ kind: 'configuration-proposal', outcome: 'done', fields });
    await desk.proposals.save(proposal);
    return this.answer(proposal);
  }

  #mustBeOpen(proposal: Proposal): void {
    if (proposal.state === 'in-force')
      throw new GatewayError('precondition-failed', 'this proposal was in force already; propose it again');
    if (isStepFrom(proposal, this.#parts.desk.inForce, this.#parts.clock.now())) return;
    const message = 'another generation came in force since this was proposed; propose it again';
    throw new GatewayError('precondition-failed', message);
  }

  #load(bundle: Bundle): Promise<{ readonly loaded: Loaded; readonly source?: Source }> {
    return loadStored(bundle, this.#parts.configDirectory, this.#parts.understood);
  }

  /** Files that differ are written, files of the configuration that it does not have are removed; keys and issuers too. */
  async #write(bundle: Bundle): Promise<void> {
    const { configDirectory: directory } = this.#parts;
    const wanted = [...bundle.files, ...bundle.named];
    for (const [name, text] of wanted) {
      const file = resolve(directory, name);
      if ((await keyText(file)) === text) continue;
      await mkdir(dirname(file), { recursive: true });
      await writeDurably(file, text, await modeOf(file));
    }
    const there = await readTree(directory);
    for (const name of there.files.keys())
      if (!bundle.files.has(name)) await rm(join(directory, name), { force: true });
  }
}

/** As the file was, or as editors make one. */
async function modeOf(file: string): Promise<number> {
  const facts = await stat(file).catch(() => undefined);
  return facts === undefined ? 0o644 : facts.mode & 0o777;
}

function refusedText(loaded: Loaded): string {
  const [first] = loaded.ok ? [] : loaded.problems;
  if (loaded.ok || first === undefined) return 'the configuration is not sound';
  return `the configuration has ${loaded.problems.length} problems; the first: ${formatProblem(first)}`;
}
