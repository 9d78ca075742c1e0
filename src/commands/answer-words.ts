/** What a verified answer says, for the person who verifies it. */
export type Said = {
  readonly kind: 'receipt' | 'notification' | 'manifest';
  readonly ticket: string;
  /** The file it is about. */
  readonly file: string;
  /** `taken`; `refused: 138, 312`; the state of a submission; how many records. */
  readonly says: string;
  /** Digest of the file it is about; hex. */
  readonly sha256: string | undefined;
};

type Members = Readonly<Record<string, unknown>>;

/** @returns undefined for what is no receipt, notification or manifest, such as the delivery that an FS signs itself */
export function saidBy(bytes: Uint8Array): Said | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  if (text.startsWith('<?xml')) return saidInXml(text);
  try {
    return saidInJson(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function saidInJson(answer: unknown): Said | undefined {
  if (!isMembers(answer)) return undefined;
  const { kind, records } = answer;
  const common = { ticket: textOf(answer.ticket), file: textOf(answer.file), sha256: optionalText(answer.sha256) };
  switch (kind) {
    case 'receipt':
      return { kind, ...common, says: receiptWords(answer.resultCode === 1, codesIn(answer.errors)) };
    case 'notification': {
      const { accepted, total } = isMembers(records) ? records : {};
      return { kind, ...common, says: recordWords(textOf(answer.state), `${accepted}`, `${total}`) };
    }
    case 'manifest':
      return { kind, ...common, says: `${records} records` };
    default:
      return undefined;
  }
}

function saidInXml(text: string): Said | undefined {
  const first = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  const common = { ticket: first('ReferenceNbr') ?? '', file: unescaped(first('FileName') ?? '') };
  if (/<ACRF>/.test(text)) {
    const codes = [...text.matchAll(/<ErrorID>ACRF-([^<]*)<\/ErrorID>/g)].map(([, code]) => code ?? '');
    const says = receiptWords(first('ResultCode') === '1', codes);
    return { kind: 'receipt', ...common, says, sha256: first('sha256') };
  }
  if (!/<NOTIFICATION>/.test(text)) return undefined;
  const says = recordWords(first('state') ?? '', first('accepted') ?? '', first('total') ?? '');
  return { kind: 'notification', ...common, says, sha256: undefined };
}

function receiptWords(isTaken: boolean, codes: readonly string[]): string {
  return isTaken ? 'arrived whole and will be processed' : `refused: ${codes.join(', ')}`;
}

function recordWords(state: string, accepted: string, total: string): string {
  return `${state}: ${accepted} of ${total} records accepted`;
}

function codesIn(errors: unknown): readonly string[] {
  return Array.isArray(errors) ? errors.map((error) => (isMembers(error) ? textOf(error.code) : '')) : [];
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function optionalText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
