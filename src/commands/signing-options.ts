/** How somebody signs: exactly one of key, certificate and signature. */
export type SigningOptions = {
  /** An SSH private key; or a public one, whose private key the agent holds. */
  readonly key?: string | undefined;
  /** Where the SSH agent listens. */
  readonly agent?: string | undefined;
  /** PKCS#12 with key and certificate. */
  readonly certificate?: string | undefined;
  /** Its first line is the password of key or certificate; without it, of a PKCS#12, one line of standard input is. */
  readonly passwordFile?: string | undefined;
  /** What `ssh-keygen -Y sign -n config@sluis`, or any program that makes a detached CMS, wrote. */
  readonly signature?: string | undefined;
};

export type Signature = { readonly form: 'ssh' | 'certificate'; readonly signature: string };

export function isSigning({ key, certificate, signature }: SigningOptions): boolean {
  return key !== undefined || certificate !== undefined || signature !== undefined;
}

/** Signs a text, or takes the signature somebody made; what does so is loaded for who signs alone. @throws GatewayError `bad-request` */
export async function signatureOver(text: string, options: SigningOptions): Promise<Signature> {
  const { makeSignature } = await import('./config-sign.ts');
  return makeSignature(text, options);
}
