/**
 * The library `webdav-server` as its manual shows it, on plain HTTP on 127.0.0.1, in a process of its own that may die. Says its
 * port when it listens; answers each message by making the tree anew.
 */
import { v2 as webdav } from 'webdav-server';

const server = new webdav.WebDAVServer({ port: 0, hostname: '127.0.0.1' });
const CONTENT = 'there';
const FILES = ['there.txt', 'été.txt', 'appended.txt', 'locked.txt'];

async function makeTree(): Promise<void> {
  const root = new webdav.VirtualFileSystem();
  await new Promise((resolve) => server.setFileSystem('/', root, true, resolve));
  const work = { ...Object.fromEntries(FILES.map((name) => [name, CONTENT])), dir: { 'inner.txt': CONTENT } };
  await new Promise<void>((resolve, reject) => {
    const tree = { files: { IN: {}, OUT: {}, SHARED: { work } } };
    root.addSubTree(server.createExternalContext(), tree, (error) => (error ? reject(error) : resolve()));
  });
}

server.start((http) => {
  const address = http?.address();
  void makeTree().then(() => process.send?.({ port: typeof address === 'object' ? address?.port : undefined }));
});

process.on('message', () => void makeTree().then(() => process.send?.({ ready: true })));
process.on('disconnect', () => process.exit());
