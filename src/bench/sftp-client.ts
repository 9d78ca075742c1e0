/** A client in a process of its own: many logins, idle sessions, or one that asks and does not read. One line of JSON. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { FieldReader, FieldWriter, PACKET, PacketParser } from '../sftp/codec.ts';

type Place = { readonly port: number; readonly user: string; readonly keyFile: string };
export type SessionPlan = Place &
  (
    | { readonly job: 'logins'; readonly count: number; readonly atOnce: number }
    | { readonly job: 'idle'; readonly count: number }
    | {
        readonly job: 'flood';
        readonly count: number;
        readonly path: string;
        readonly reads: number;
        readonly bytes: number;
      }
    | { readonly job: 'pipelined-writes'; readonly count: number; readonly path: string; readonly megabytes: number }
  );
export type SessionFigures = { readonly wallMs: number };

const AT_ONCE = 4;
const READY_MS = 60_000;

type Open = { readonly client: Client; readonly channel: ClientChannel; readonly socket: Socket };

function parsePlan(text: string): SessionPlan {
  return JSON.parse(text) as SessionPlan;
}

const plan = parsePlan(process.argv[2] ?? '{}');
const privateKey = readFileSync(plan.keyFile);

async function openSession(): Promise<Open> {
  const socket = connect({ port: plan.port, host: '127.0.0.1', noDelay: true });
  const client = new ssh2.Client();
  const ready = once(client, 'ready');
  client.connect({ sock: socket, username: plan.user, privateKey, readyTimeout: READY_MS });
  await ready;
  client.on('error', () => {});
  const channel = await new Promise<ClientChannel>((resolve, reject) => {
    client.subsys('sftp', (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  return { client, channel, socket };
}

/** Sends INIT and waits for VERSION. */
async function greet({ channel }: Open): Promise<void> {
  const version = once(channel, 'data');
  channel.write(new FieldWriter().byte(PACKET.INIT).uint32(3).packet());
  await version;
}

async function openMany(count: number): Promise<readonly Open[]> {
  const opened: Open[] = [];
  const worker = async () => {
    while (opened.length + pending < count) {
      pending += 1;
      const one = await openSession();
      await greet(one);
      pending -= 1;
      opened.push(one);
    }
  };
  let pending = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return opened;
}

async function logins(count: number, atOnce: number): Promise<void> {
  let left = count;
  const worker = async () => {
    for (; left > 0; ) {
      left -= 1;
      const { client } = await openSession();
      const closed = once(client, 'close');
      client.end();
      await closed;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** The handle in the answer to an OPEN: uint32 id | string handle. */
async function openFile({ channel }: Open, path: string, flags: number): Promise<string> {
  const parser = new PacketParser();
  channel.write(new FieldWriter().byte(PACKET.OPEN).uint32(1).string(path).uint32(flags).uint32(0).packet());
  for (;;) {
    const [chunk] = await once(channel, 'data');
    parser.add(chunk);
    const packet = parser.next();
    if (packet === undefined) continue;
    const reader = new FieldReader(packet.body);
    reader.uint32();
    return reader.string().toString('latin1');
  }
}

async function flood(open: Open, path: string, reads: number, bytes: number): Promise<void> {
  const handle = await openFile(open, path, 1);
  open.channel.pause();
  for (let index = 0; index < reads; index += 1) {
    const request = new FieldWriter()
      .byte(PACKET.READ)
      .uint32(index)
      .string(handle)
      .uint64(index * bytes)
      .uint32(bytes);
    open.channel.write(request.packet());
  }
}

/** Writes as fast as the channel takes them, and reads no answer until all are sent. */
async function pipelinedWrites(open: Open, path: string, megabytes: number): Promise<void> {
  const handle = await openFile(open, path, 2 | 8 | 16);
  open.channel.on('data', () => {});
  const data = Buffer.alloc(250_000, 7);
  for (let at = 0; at < megabytes * 1e6; at += data.length) {
    const request = new FieldWriter().byte(PACKET.WRITE).uint32(at).string(handle).uint64(at).string(data);
    if (!open.channel.write(request.packet())) await once(open.channel, 'drain');
  }
}

const began = performance.now();
if (plan.job === 'logins') {
  await logins(plan.count, plan.atOnce);
} else {
  const sessions = await openMany(plan.count);
  const { job } = plan;
  const work = sessions.map(async (open, index) => {
    if (job === 'flood') await flood(open, plan.path, plan.reads, plan.bytes);
    if (job === 'pipelined-writes') await pipelinedWrites(open, `${plan.path}-${index}`, plan.megabytes);
  });
  // Writes may take longer than anybody wants to wait: what is held meanwhile is the figure.
  await Promise.race([Promise.all(work), pause(10_000)]);
  process.stdout.write('open\n');
  await once(createInterface({ input: process.stdin }), 'line');
  for (const { client, socket } of sessions) {
    client.destroy();
    socket.destroy();
  }
}
process.stdout.write(`${JSON.stringify({ wallMs: performance.now() - began } satisfies SessionFigures)}\n`);
process.exit(0);
