/** What the file system says of a file that holds a secret. */
export type SecretFileFacts = {
  readonly isFile: boolean;
  /** Permission bits as of stat(2). */
  readonly mode: number;
  readonly uid: number;
};

const OTHERS = 0o077;

/** Why a secret may not stand in such a file, or undefined. Links count as what they lead to. */
export function secretFileFault(
  { isFile, mode, uid }: SecretFileFacts,
  ownUid: number | undefined,
): string | undefined {
  if (!isFile) return 'it is not a file';
  if ((mode & OTHERS) !== 0) return 'others on this machine can read or change it; chmod 600 it';
  if (ownUid !== undefined && uid !== ownUid && uid !== 0) return 'it belongs to another user of this machine';
  return undefined;
}
