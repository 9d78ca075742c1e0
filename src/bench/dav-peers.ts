import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { DavServer, Proof } from './dav-server.ts';
import { endsWithUs } from './leftovers.ts';
import { RawConnection } from './raw-http.ts';

/** What a peer needs: a folder for its own files, the folder it serves, and the files of the demo authority. */
export type PeerPlace = {
  readonly folder: string;
  /** Served by every peer; each works in a folder of its own in it. */
  readonly files: string;
  readonly certificates: string;
  readonly proof: Proof;
};

type Launch = { readonly command: string; readonly words: readonly string[] };

const READY_MS = 20_000;
const STOP_MS = 10_000;

/** The servers of Debian that a figure stands beside. Each runs with a configuration made here, on a loopback port. */
export const PEERS = { nginx: launchNginx, apache: launchApache, rclone: launchRclone } as const;
export type PeerName = keyof typeof PEERS;

/** More than the idle connections of that case. */
const CONNECTIONS = 4096;

/** @throws Error where it is not installed or does not start */
export async function startPeer(name: PeerName, place: PeerPlace): Promise<DavServer> {
  const folder = join(place.folder, name);
  await mkdir(join(place.files, name), { recursive: true });
  await mkdir(join(folder, 'temp'), { recursive: true });
  const port = await freePort();
  const { command, words } = await PEERS[name]({ ...place, folder }, port);
  const child = endsWithUs(spawn(command, words, { stdio: ['ignore', 'ignore', 'ignore'] }));
  const server = { name, port, base: `/${name}`, listings: '', pid: child.pid ?? 0, stop: () => stop(child) };
  try {
    await ready(server, place.proof, child);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** nginx with its dav module and the dav-ext module of Debian; as many workers as there are processors. */
async function launchNginx({ folder, files, certificates }: PeerPlace, port: number): Promise<Launch> {
  const config = `
daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log; ${isRoot() ? 'user root;' : ''}
load_module /usr/lib/nginx/modules/ngx_http_dav_ext_module.so;
worker_processes auto; worker_rlimit_nofile 16384;
events { worker_connections ${CONNECTIONS}; }
http {
  access_log off; sendfile on; keepalive_timeout 600s; keepalive_requests 1000000;
  client_body_temp_path ${folder}/temp; proxy_temp_path ${folder}/temp; fastcgi_temp_path ${folder}/temp;
  uwsgi_temp_path ${folder}/temp; scgi_temp_path ${folder}/temp;
  server {
    listen 127.0.0.1:${port} ssl; server_name localhost;
    ssl_certificate ${certificates}/server.pem; ssl_certificate_key ${certificates}/server.key;
    ssl_protocols TLSv1.2 TLSv1.3; ssl_session_cache off; ssl_session_tickets off;
    ssl_client_certificate ${certificates}/class3-ca.pem; ssl_verify_client on; ssl_verify_depth 3;
    root ${files}; client_max_body_size 0;
    location / { dav_methods PUT DELETE MKCOL COPY MOVE; dav_ext_methods PROPFIND OPTIONS; }
  }
}`;
  await writeFile(join(folder, 'nginx.conf'), config);
  return { command: 'nginx', words: ['-c', join(folder, 'nginx.conf'), '-p', folder] };
}

/** Apache with mod_dav and mpm_event. It does not run as root, so there its children have a user of their own. */
async function launchApache({ folder, files, certificates }: PeerPlace, port: number): Promise<Launch> {
  const modules = ['mpm_event', 'authz_core', 'dav', 'dav_fs', 'ssl', 'socache_shmcb'].map(
    (name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`,
  );
  const config = `
ServerRoot ${folder}
ServerName localhost
PidFile ${folder}/apache.pid
ErrorLog ${folder}/error.log
Mutex file:${folder}/temp
${modules.join('\n')}
${isRoot() ? 'User www-data\nGroup www-data' : ''}
Listen 127.0.0.1:${port}
KeepAlive On
KeepAliveTimeout 600
MaxKeepAliveRequests 0
ThreadsPerChild 64
MaxRequestWorkers 256
ServerLimit 4
AsyncRequestWorkerFactor 20
DavLockDB ${folder}/temp/locks
LimitRequestBody 0
SSLEngine on
SSLProtocol TLSv1.2 TLSv1.3
SSLSessionCache none
SSLSessionTickets off
SSLCertificateFile ${certificates}/server.pem
SSLCertificateKeyFile ${certificates}/server.key
SSLCACertificateFile ${certificates}/class3-ca.pem
SSLVerifyClient require
SSLVerifyDepth 3
DocumentRoot ${files}
<Directory ${files}>
  Dav On
  Require all granted
</Directory>
`;
  await writeFile(join(folder, 'apache.conf'), config);
  if (isRoot()) for (const own of [join(files, 'apache'), join(folder, 'temp')]) await giveToApache(own);
  return { command: 'apache2', words: ['-f', join(folder, 'apache.conf'), '-D', 'FOREGROUND'] };
}

async function giveToApache(path: string): Promise<void> {
  const fields = /^www-data:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'));
  await chown(path, Number(fields?.[1] ?? 0), Number(fields?.[2] ?? 0));
}

async function launchRclone({ files, certificates }: PeerPlace, port: number): Promise<Launch> {
  const tls = ['--cert', join(certificates, 'server.pem'), '--key', join(certificates, 'server.key')];
  const where = ['--addr', `127.0.0.1:${port}`, '--client-ca', join(certificates, 'class3-ca.pem')];
  const quiet = ['--log-level', 'ERROR', '--config', '/dev/null'];
  return { command: 'rclone', words: ['serve', 'webdav', files, ...where, ...tls, ...quiet] };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** A port that is free now; these servers cannot be asked to choose one. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}

async function ready(server: DavServer, proof: Proof, child: ChildProcess): Promise<void> {
  const file = (name: string) => readFile(name, 'utf8');
  const [ca, cert, key] = await Promise.all([file(proof.caFile), file(proof.certificate), file(proof.key)]);
  let failure: unknown;
  child.once('error', (error) => {
    failure = error;
  });
  for (const until = performance.now() + READY_MS; performance.now() < until; await pause(100)) {
    if (failure !== undefined || child.exitCode !== null) break;
    try {
      const connection = await RawConnection.open({ port: server.port, ca, cert, key });
      connection.close();
      return;
    } catch {
      // not yet
    }
  }
  throw new Error(`${server.name} did not start`, { cause: failure });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(hard);
}
