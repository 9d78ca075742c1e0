import type { KeyObject } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Certificate } from '../../src/pki/certificate.ts';
import { toPem } from '../../src/pki/issue.ts';
import { type GatewayOptions, makeFolder, type RunningGateway, startIn } from './gateway.ts';

/** Where it is told what an issuer revoked; files by path, addresses with http. */
export type RevocationSpec = {
  readonly ca: { readonly certificate: Certificate };
  readonly ocsp?: readonly { readonly url: string; readonly nonce?: string }[];
  readonly lists?: readonly string[];
  readonly deltaLists?: readonly string[];
};

export type Class3Spec = Pick<GatewayOptions, 'change' | 'environment'> & {
  readonly trusted: readonly { readonly certificate: Certificate }[];
  readonly intermediates?: readonly Certificate[];
  readonly revocation: readonly RevocationSpec[];
  /** Lines below `pki.revocation`, such as `timeoutSeconds: 1`. */
  readonly rules?: readonly string[];
  readonly clockToleranceSeconds?: number;
  /** Lines below `class3` of each of the three listeners. */
  readonly listeners?: readonly (readonly string[])[];
  /** Lines of YAML below `persons` and `machines` of the partner `proef`. */
  readonly persons?: string;
  readonly machines?: string;
};

export type Class3Gateway = RunningGateway & { readonly serverCa: string };

export const ANNA_EMAIL = 'anna@proef.example';

/** A person of the partner `proef` with the rules that find him. */
export function personYaml(id: string, rules: readonly string[], more: readonly string[] = []): string {
  return [
    `  - id: ${id}`,
    `    name: ${id} Proef`,
    '    designation: { act: Designation of a test, from: 2020-01-01 }',
    '    userRegulation: { version: "1", accepted: 2020-01-01 }',
    ...more.map((line) => `    ${line}`),
    ...(rules.length === 0 ? [] : ['    certificates:', ...rules.map((rule) => `      - { ${rule} }`)]),
    '',
  ].join('\n');
}

/** Starts a gateway outside demo mode with issuers of the test, three HTTPS listeners, and one partner of its own. */
export async function startClass3(spec: Class3Spec): Promise<Class3Gateway> {
  const folder = await makeFolder(spec.change);
  const pki = join(folder, 'certs', 'test');
  await mkdir(pki);
  const written = async (name: string, list: readonly Certificate[]) => {
    const files = list.map((_, index) => join(pki, `${name}-${index}.pem`));
    await Promise.all(list.map(({ der }, index) => writeFile(files[index] ?? '', toPem('CERTIFICATE', der))));
    return files;
  };
  const trusted = await written(
    'trusted',
    spec.trusted.map(({ certificate }) => certificate),
  );
  const intermediates = await written('intermediate', spec.intermediates ?? []);
  await writeFile(join(folder, 'config', 'gateway.yaml'), gatewayYaml(spec, trusted, intermediates));
  const anna = personYaml('anna', [`kind: subject, email: ${ANNA_EMAIL}`]);
  await writeFile(join(folder, 'config', 'partners', 'proef.yaml'), partnerYaml(spec.persons ?? anna, spec.machines));
  const gateway = await startIn(folder, spec);
  const serverCa = await readFile(join(gateway.certificates, 'server-ca.pem'), 'utf8');
  return { ...gateway, serverCa };
}

function gatewayYaml(spec: Class3Spec, trusted: readonly string[], intermediates: readonly string[]): string {
  const listener = (lines: readonly string[]) => [
    `  - { protocol: https, host: 127.0.0.1, port: 0, accessMethod: line, class3: { ${lines.join(', ')} } }`,
  ];
  const listeners = [
    ...(spec.listeners ?? []),
    ['requireExtendedKeyUsage: true'],
    ['requireExtendedKeyUsage: true'],
    ['requireExtendedKeyUsage: true'],
  ].slice(0, 3);
  const demo = '../certs/demo';
  return [
    'demo: false',
    'listeners:',
    ...listeners.flatMap(listener),
    'health: { host: 127.0.0.1, port: 0 }',
    'data: { directory: ../var }',
    'limits: { penaltyFromFailures: 1000000, maxUnauthenticated: 1000 }',
    'pki:',
    `  clockToleranceSeconds: ${spec.clockToleranceSeconds ?? 0}`,
    '  files:',
    `    trustedIssuers: ${JSON.stringify(trusted)}`,
    `    intermediateIssuers: ${JSON.stringify(intermediates)}`,
    `    serverCertificate: ${demo}/server.pem`,
    `    serverKey: ${demo}/server.key`,
    `    signerCertificate: ${demo}/signer.pem`,
    `    signerKey: ${demo}/private/signer.key`,
    `    signerIssuer: ${demo}/signer-ca.pem`,
    `    sshHostKeys: [${demo}/private/ssh_host_ed25519]`,
    '  revocation:',
    ...(spec.rules ?? []).map((rule) => `    ${rule}`),
    `    issuers: ${JSON.stringify(spec.revocation.map(issuerEntry))}`,
    '',
  ].join('\n');
}

function issuerEntry({ ca, ocsp, lists, deltaLists }: RevocationSpec): object {
  return { keyId: ca.certificate.keyId, ocsp: ocsp ?? [], lists: lists ?? [], deltaLists: deltaLists ?? [] };
}

function partnerYaml(persons: string, machines: string | undefined): string {
  const official = (name: string) => `{ name: ${name} of Proef (test), email: ${name.toLowerCase()}@proef.example }`;
  return [
    'id: proef',
    'name: Proef (test)',
    'institution: 6/0',
    'kbo: "0900000246"',
    'network: primary',
    'language: nl',
    'senderNumbers: ["006000"]',
    'accessMethods: [{ method: line, address: 127.0.0.0/8 }]',
    'officials:',
    `  leadingOfficial: ${official('Leading')}`,
    `  ciso: ${official('Ciso')}`,
    `  dpo: ${official('Dpo')}`,
    '  localAdministrators: [{ name: Local (test), email: local@proef.example, mandate: { from: 2020-01-01 } }]',
    'helpdesk: { name: Helpdesk (test), email: help@proef.example, telephone: "+32 2 000 00 09" }',
    'persons:',
    persons,
    ...(machines === undefined ? [] : ['machines:', machines]),
    '',
  ].join('\n');
}

/** Somebody who comes to the door: certificate, its key, and what is sent along. */
export type Caller = {
  readonly certificate: { readonly der: Uint8Array };
  readonly key: KeyObject;
  readonly chain?: readonly Certificate[];
};
