#!/usr/bin/env node
// Node 24 reads TypeScript as it is; an older one could not even parse main.ts, so the version is looked at here.
const needed = 24;
if (Number(process.versions.node.split('.')[0]) < needed) {
  console.error(
    `sluis needs Node ${needed} or later and this is Node ${process.versions.node}.\n` +
      '"npm ci" brings the right one along: use "npm start", "npm run demo" or "npx sluis".',
  );
  process.exit(3);
}
const { main } = await import('./main.ts');
await main(process.argv.slice(2));
