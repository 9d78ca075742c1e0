import { readFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import ssh2, { type Client, type ClientChannel, type ConnectConfig } from 'ssh2';
import { FieldReader, FieldWriter, PACKET, type Packet, PacketParser } from '../../src/sftp/codec.ts';
import { STATUS } from '../../src/sftp/errors.ts';
import type { SftpFixture } from './sftp-fixture.ts';

export const OPEN = { READ: 1, WRITE: 2, APPEND: 4, CREATE: 8, TRUNCATE: 16, EXCLUSIVE: 32 } as const;
export const CREATE_NEW = OPEN.WRITE | OPEN.CREATE | OPEN.TRUNCATE;

/** Logs in with ssh2 as client. */
export async function connect(fixture: SftpFixture, name = 'batch@ksz', more: ConnectConfig = {}): Promise<Client> {
  const client = new ssh2.Client();
  client.on('error', () => {});
  const ready = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed before login')));
  });
  const privateKey = await readFile(fixture.keyFile(name));
  client.connect({ host: '127.0.0.1', port: fixture.port, username: name, privateKey, ...more });
  await ready;
  client.setNoDelay(true);
  return client;
}

/** Opens the subsystem as a plain channel. */
export async function openChannel(client: Client): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.subsys('sftp', (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** SFTP by hand: each method writes one packet, and answers are taken in the order they come. */
export class RawSftp {
  readonly channel: Duplex;
  readonly #parser = new PacketParser();
  readonly #answers: Packet[] = [];
  #closed = false;
  #wake: (() => void) | undefined;
  #id = 0;

  constructor(channel: Duplex) {
    this.channel = channel;
    channel.on('error', () => {});
    channel.on('data', (chunk: Buffer) => {
      this.#parser.add(chunk);
      for (let packet = this.#parser.next(); packet; packet = this.#parser.next()) this.#answers.push(packet);
      this.#wake?.();
    });
    channel.once('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
  }

  static async open(fixture: SftpFixture, name = 'batch@ksz'): Promise<RawSftp & { client: Client }> {
    const client = await connect(fixture, name);
    const sftp = new RawSftp(await openChannel(client));
    sftp.sendRaw(new FieldWriter().byte(PACKET.INIT).uint32(3).packet());
    await sftp.next();
    return Object.assign(sftp, { client });
  }

  sendRaw(bytes: Buffer): void {
    this.channel.write(bytes);
  }

  /** @returns the id of the request */
  send(type: number, fields: (writer: FieldWriter) => FieldWriter): number {
    this.#id += 1;
    this.sendRaw(fields(new FieldWriter().byte(type).uint32(this.#id)).packet());
    return this.#id;
  }

  /** The next answer, or undefined where the channel closed. */
  async next(): Promise<Packet | undefined> {
    while (this.#answers.length === 0 && !this.#closed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#answers.shift();
  }

  async ask(type: number, fields: (writer: FieldWriter) => FieldWriter): Promise<Answer> {
    const id = this.send(type, fields);
    const answer = readAnswer(await this.next());
    if (answer.id !== id) throw new Error(`answer ${answer.id} to request ${id}`);
    return answer;
  }

  open(path: string, flags: number): Promise<Answer> {
    return this.ask(PACKET.OPEN, (w) => w.string(path).uint32(flags).uint32(0));
  }

  /** Opens and gives the handle. */
  async handle(path: string, flags: number): Promise<string> {
    const answer = await this.open(path, flags);
    if (answer.handle === undefined) throw new Error(`no handle: ${answer.code} ${answer.message}`);
    return answer.handle;
  }

  write(handle: string, offset: number | bigint, data: Buffer | string): Promise<Answer> {
    return this.ask(PACKET.WRITE, (w) => w.string(handle).bytes(uint64(offset)).string(data));
  }

  read(handle: string, offset: number | bigint, length: number): Promise<Answer> {
    return this.ask(PACKET.READ, (w) => w.string(handle).bytes(uint64(offset)).uint32(length));
  }

  stat(path: string): Promise<Answer> {
    return this.ask(PACKET.LSTAT, (w) => w.string(path));
  }

  close(handle: string): Promise<Answer> {
    return this.ask(PACKET.CLOSE, (w) => w.string(handle));
  }

  path(type: number, path: string): Promise<Answer> {
    return this.ask(type, (w) => w.string(path));
  }

  async put(path: string, bytes: Buffer | string): Promise<Answer> {
    const handle = await this.handle(path, CREATE_NEW);
    await this.write(handle, 0, bytes);
    return this.close(handle);
  }

  async get(path: string): Promise<string> {
    const handle = await this.handle(path, OPEN.READ);
    const { data } = await this.read(handle, 0, 200_000);
    await this.close(handle);
    return data?.toString() ?? '';
  }
}

export type Answer = {
  readonly type: number;
  readonly id: number;
  readonly code?: number;
  readonly message?: string;
  readonly handle?: string;
  readonly data?: Buffer;
  readonly size?: number;
  readonly names?: readonly string[];
  readonly modifiedSeconds?: number;
};

export const OK = STATUS.OK;

export function readAnswer(packet: Packet | undefined): Answer {
  if (packet === undefined) throw new Error('the channel closed');
  const reader = new FieldReader(packet.body, packet.more);
  const [type, id] = [packet.type, reader.uint32()];
  if (type === PACKET.STATUS) return { type, id, code: reader.uint32(), message: reader.text() };
  if (type === PACKET.HANDLE) return { type, id, handle: reader.text() };
  if (type === PACKET.DATA) return { type, id, data: Buffer.from(reader.string()) };
  if (type === PACKET.ATTRS) return { type, id, ...attributes(reader) };
  if (type !== PACKET.NAME) return { type, id, data: Buffer.concat([packet.body, ...(packet.more ?? [])]).subarray(4) };
  const names: string[] = [];
  for (let left = reader.uint32(); left > 0; left -= 1) {
    names.push(reader.text());
    reader.text();
    attributes(reader);
  }
  return { type, id, names };
}

/** ATTRS as the server writes them: all of size, owner, mode, times; or nothing. */
function attributes(reader: FieldReader): { size: number; modifiedSeconds: number } {
  if (reader.uint32() === 0) return { size: 0, modifiedSeconds: 0 };
  const size = reader.uint64();
  for (let field = 0; field < 4; field += 1) reader.uint32();
  return { size, modifiedSeconds: reader.uint32() };
}

export function uint64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Resolves when the connection is gone. */
export function gone(client: Client): Promise<void> {
  return new Promise((resolve) => {
    client.once('close', () => resolve());
  });
}
