import { codecOf, type TextCodec } from './charsets.ts';
import { MAX_RECORD_BYTES } from './rows.ts';

export interface XmlTextSink {
  text(text: string): void;
  /** Bytes that are not of the charset the file declares, or a charset that is not taken. */
  wrongBytes(charset: string): void;
  /** More bytes than a record may have, and no end of a tag among them. */
  tooLong(): void;
  readonly stopped: boolean;
}

const NOTHING = Buffer.alloc(0);
const TAG_END = 0x3e;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const DECLARATION = /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/;
/** A declaration is looked for in so many bytes. */
const MOST_HEAD = 256;

/**
 * Turns the bytes of an XML file into text (XML 1.0 §4.3.3): UTF-8, or what the declaration says. Text comes in pieces that
 * end with a tag, so that what comes before wrong bytes depends on the bytes only, never on the chunks.
 */
export class XmlBytes {
  #pending: Buffer = NOTHING;
  #codec: TextCodec | undefined;

  parse(chunk: Uint8Array, sink: XmlTextSink): void {
    if (sink.stopped) return;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const data = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const whole = data.lastIndexOf(TAG_END) + 1;
    if (whole === 0 && this.#codec === undefined && data.length < MOST_HEAD) {
      this.#pending = Buffer.from(data);
      return;
    }
    this.#decode(data, whole, sink);
    if (sink.stopped) return;
    // A copy: the caller may use its chunk again.
    this.#pending = Buffer.from(data.subarray(whole));
    if (this.#pending.length > MAX_RECORD_BYTES) sink.tooLong();
  }

  end(sink: XmlTextSink): void {
    if (sink.stopped) return;
    const data = this.#pending;
    this.#pending = NOTHING;
    if (data.length > 0) this.#decode(data, data.length, sink);
  }

  #decode(data: Buffer, stop: number, sink: XmlTextSink): void {
    const isMarked = this.#codec === undefined && data.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);
    const start = isMarked ? BYTE_ORDER_MARK.length : 0;
    const codec = this.#codec ?? this.#declared(data.subarray(start, start + MOST_HEAD), isMarked, sink);
    if (codec === undefined || stop <= start) return;
    const decode = codec.decoderFor(data.subarray(start, stop));
    if (decode !== undefined) {
      sink.text(decode(data, start, stop));
      return;
    }
    const right = start + rightPart(data.subarray(start, stop), codec);
    const decodeRight = codec.decoderFor(data.subarray(start, right));
    if (decodeRight !== undefined) sink.text(decodeRight(data, start, right));
    if (!sink.stopped) sink.wrongBytes(codec.charset);
  }

  #declared(head: Buffer, isMarked: boolean, sink: XmlTextSink): TextCodec | undefined {
    // In UTF-16 and UTF-32 one of the first two bytes is 0 (XML 1.0 appendix F.1), which alone would pass as UTF-8.
    const isWide = head.subarray(0, 2).includes(0);
    const charset = isWide ? undefined : xmlCharset(head);
    if (charset === undefined || (charset === 'iso-8859-1' && isMarked)) {
      sink.wrongBytes('utf-8|iso-8859-1');
      return undefined;
    }
    this.#codec = codecOf(charset);
    return this.#codec;
  }
}

/** What the declaration says, at the beginning of a file but for its byte order mark; undefined where that is not taken. */
export function xmlCharset(head: Buffer): 'utf-8' | 'iso-8859-1' | undefined {
  const name = (DECLARATION.exec(head.toString('latin1', 0, MOST_HEAD))?.[1] ?? 'utf-8').toLowerCase();
  return name === 'utf-8' || name === 'iso-8859-1' ? name : undefined;
}

/** How many bytes, up to the end of a tag, are of the charset. Only a file that is refused pays for this. */
function rightPart(data: Buffer, codec: TextCodec): number {
  let right = 0;
  for (;;) {
    const end = data.indexOf(TAG_END, right) + 1;
    if (end === 0 || codec.decoderFor(data.subarray(right, end)) === undefined) return right;
    right = end;
  }
}
