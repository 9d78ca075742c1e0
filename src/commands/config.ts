import { GenerationStore, type HistoryRow } from '../config/generation-store.ts';
import { isStepFrom, type Proposal, Proposals, textToSign } from '../config/proposals.ts';
import { systemClock } from '../domain/clock.ts';
import { GatewayError } from '../domain/errors.ts';
import type { ProposalAnswer } from '../gateway-config-proposals.ts';
import { askGateway } from '../ops/control-socket.ts';
import { type CommonOptions, controlSocketPath, dataDirectory } from './places.ts';
import { isSigning, type SigningOptions, signatureOver } from './signing-options.ts';
import { howToSign } from './signing-words.ts';

type Out = NodeJS.WritableStream;
export type Wish = { readonly author?: string | undefined; readonly message?: string | undefined };

/** Digits of a digest that name it. */
const SHORT = 12;

type AuthorOptions = CommonOptions & Wish & SigningOptions;

/** Asks the running gateway to keep the files of a folder as a proposal; with a key, the author signs it as well. */
export async function configPropose(folder: string | undefined, options: AuthorOptions, out: Out): Promise<0> {
  return print(await proposed('propose', { folder }, options), options, out);
}

/** An earlier generation as a proposal. */
export async function configRollback(name: string, options: AuthorOptions, out: Out): Promise<0> {
  return print(await proposed('rollback', { name }, options), options, out);
}

/** The author's own signature of a proposal that was made without it. */
export async function configSign(name: string, options: CommonOptions & SigningOptions, out: Out): Promise<0> {
  return print(await signed('prove', await ask(options, 'proposal', { name }), options), options, out);
}

/** Signs a proposal, as its second person. */
export async function configApprove(name: string, options: CommonOptions & SigningOptions, out: Out): Promise<0> {
  return print(await signed('approve', await ask(options, 'proposal', { name }), options), options, out);
}

/** Writes an approved proposal into the folder; it is in force on return. */
export async function configApply(name: string, options: CommonOptions, out: Out): Promise<0> {
  return print(await ask(options, 'apply', { name }), options, out);
}

/** Every generation that was ever in force, the oldest first, and proposals that are open. Reads what is kept. */
export async function configHistory(options: CommonOptions, out: Out): Promise<0> {
  const data = await dataDirectory(options);
  const generations = await new GenerationStore(data).history();
  const open = (await new Proposals(data).list()).filter(({ state }) => state === 'open');
  if (options.json) out.write(`${JSON.stringify({ generations, proposals: open })}\n`);
  else {
    const last = generations.at(-1);
    const proposals = open.map((one) => openLine(one, last)).toReversed();
    out.write(`${generations.map(historyLine).join('')}${proposals.join('')}`);
  }
  return 0;
}

/** The files of a generation or a proposal, one of them, or what its approver signs. Reads what is kept. */
export async function configShow(
  name: string,
  file: string | undefined,
  options: CommonOptions & { readonly toSign: boolean },
  out: Out,
): Promise<0> {
  const data = await dataDirectory(options);
  const store = new GenerationStore(data);
  if (options.toSign) {
    out.write(textToSign(await new Proposals(data).find(name)));
    return 0;
  }
  const { tree, row } = await store.find(name);
  const bundle = await store.get(tree);
  const all = new Map([...bundle.files, ...bundle.named]);
  if (file !== undefined) {
    const text = all.get(file);
    if (text === undefined) throw new GatewayError('not-found', `this generation has no file ${file}`);
    out.write(options.json ? `${JSON.stringify({ tree, file, text })}\n` : text);
    return 0;
  }
  if (options.json) out.write(`${JSON.stringify({ tree, row, files: Object.fromEntries(all) })}\n`);
  else out.write(`${row === undefined ? `tree ${tree}, not in force yet\n` : historyLine(row)}${listing(all)}`);
  return 0;
}

async function proposed(
  verb: 'propose' | 'rollback',
  what: Readonly<Record<string, string | undefined>>,
  options: AuthorOptions,
): Promise<ProposalAnswer> {
  const { author, message } = options;
  // What is signed has a time in it that nobody knows before.
  if (options.signature !== undefined)
    throw new GatewayError('bad-request', `${verb} without --signature, and give it to "sluis config sign"`);
  if (isSigning(options) && author === undefined) throw new GatewayError('bad-request', 'who signs says --author');
  const made = await ask(options, verb, { ...what, author, message });
  return isSigning(options) && made.state === 'open' ? signed('prove', made, options) : made;
}

async function signed(
  verb: 'prove' | 'approve',
  proposal: ProposalAnswer,
  options: CommonOptions & SigningOptions,
): Promise<ProposalAnswer> {
  const signature = await signatureOver(proposal.toSign, options);
  return ask(options, verb, { name: proposal.tree, ...signature });
}

async function ask(
  options: CommonOptions,
  verb: string,
  asked: Readonly<Record<string, string | undefined>>,
): Promise<ProposalAnswer> {
  const socket = controlSocketPath(await dataDirectory(options));
  return parseAnswer(await askGateway(socket, { command: 'config', arguments: [verb, JSON.stringify(asked)] }));
}

/** The answer of our own gateway, of this version. */
function parseAnswer(answer: unknown): ProposalAnswer {
  return answer as ProposalAnswer;
}

function print(answer: ProposalAnswer, options: CommonOptions, out: Out): 0 {
  if (options.json) {
    out.write(`${JSON.stringify(answer)}\n`);
    return 0;
  }
  const { tree, author, authorProven, authorRefusal, message, state, approvers, changes, others } = answer;
  const needed = answer.approvalsNeeded;
  const unsigned = authorRefusal === undefined ? 'not signed' : `his signature does not count: ${authorRefusal}`;
  const lines = [
    `proposal   ${tree}`,
    `author     ${author} (${authorProven ? 'signed' : unsigned})`,
    ...(message === '' ? [] : [`message    ${message}`]),
    `state      ${state === 'open' ? `${approvers.length} of ${needed} approvals` : 'in force'}`,
    ...approvers.map((one) => `approver   ${one}`),
    ...changes.map((one) => `changes    ${one}`),
    ...others.map((one) => `also       ${one}`),
  ];
  const isWaiting = state === 'open' && approvers.length < needed;
  const next =
    state === 'open' ? `\n"sluis config apply ${tree.slice(0, SHORT)}" writes it and puts it in force\n` : '';
  out.write(`${lines.join('\n')}\n${isWaiting ? howToSignProposal(answer) : next}`);
  return 0;
}

function howToSignProposal({ tree, author, authorProven, toSign }: ProposalAnswer): string {
  const name = tree.slice(0, SHORT);
  const canSign = !authorProven && author.includes('@');
  return howToSign({
    text: toSign,
    file: `config-${name}.txt`,
    givenTo: [
      ...(canSign ? [[`config sign ${name}`, `${author}, the author`] as const] : []),
      [`config approve ${name}`, 'an approver, who is somebody else'],
    ],
  });
}

/** Who asked, who approved, who put it in force, and why; with the digest of the files under which they are kept. */
function historyLine({ generation, how, authorSigned, approvers, appliedBy, ...row }: HistoryRow): string {
  const author = authorSigned === false && row.author.includes('@') ? `${row.author} (not signed)` : row.author;
  const approved = approvers.length === 0 ? '' : `, approved by ${approvers.join(', ')}`;
  const applied = appliedBy === undefined ? '' : `, in force by ${appliedBy}`;
  return `${places(row.at, generation, row.tree)}  ${how}, ${author}${approved}${applied}${why(row.message)}\n`;
}

/** One that was made for a step from other files than those in force opens nothing any more. */
function openLine(proposal: Proposal, last: HistoryRow | undefined): string {
  const { at, generation, tree, author, message, approvals, proof } = proposal;
  const state = last === undefined || isStepFrom(proposal, last, systemClock.now()) ? 'proposed' : 'lapsed';
  const signed = proof === undefined && author.includes('@') ? `${author} (not signed)` : author;
  const signers = approvals.length === 0 ? '' : `, approved by ${approvals.map(({ signer }) => signer).join(', ')}`;
  return `${places(at, generation, tree)}  ${state}, ${signed}${signers}${why(message)}\n`;
}

function places(at: string, generation: string, tree: string): string {
  return `${at}  ${generation.slice(0, SHORT)}  tree ${tree.slice(0, SHORT)}`;
}

function why(message: string | undefined): string {
  return message === undefined || message === '' ? '' : `: ${message}`;
}

function listing(files: ReadonlyMap<string, string>): string {
  return [...files].map(([file, text]) => `${String(Buffer.byteLength(text)).padStart(8)}  ${file}\n`).join('');
}
