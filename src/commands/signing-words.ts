import { APPROVAL_NAMESPACE } from '../config/proposals.ts';

/** A text to be signed: the file it goes into, and the commands of `sluis` that take the signature, each with who gives it. */
export type ToSign = {
  readonly text: string;
  readonly file: string;
  readonly givenTo: readonly (readonly [command: string, who: string])[];
};

/**
 * What somebody types whose key is in an agent, on a card or on another machine, where there may be no `sluis`: the text as
 * it is signed, `ssh-keygen` or `openssl` over it, and where the signature goes.
 */
export function howToSign({ text, file, givenTo }: ToSign): string {
  const lines = text.trimEnd().split('\n').map(quoted);
  const after = givenTo.map(([command, who]) => `  sluis ${command} --signature ${file}.sig   # or .p7s: ${who}\n`);
  return [
    '\nto sign it with a key in an agent, on a card or on another machine, or with a certificate:\n',
    `  printf '%s\\n' ${lines.join(' ')} > ${file}\n`,
    `  ssh-keygen -Y sign -n ${APPROVAL_NAMESPACE} -f KEY.pub ${file}   # or:\n`,
    `  openssl cms -sign -binary -in ${file} -signer CERTIFICATE.pem -inkey KEY.pem -outform DER -out ${file}.p7s\n`,
    ...after,
  ].join('');
}

/** One word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
