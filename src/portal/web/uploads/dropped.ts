/** A file that was dropped or chosen, and where it lay below what was dropped (`a/b`, or empty). */
export type Given = { readonly file: File; readonly below: string };

const MAX_FILES = 5_000;
const MAX_DEPTH = 20;

/** Everything in a drop, folders with all that is in them. */
export async function filesOfDrop(data: DataTransfer): Promise<readonly Given[]> {
  // Entries must be asked for at once: after the first pause the drop is over.
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...data.files].map((file) => ({ file, below: '' }));
  const found: Given[] = [];
  for (const entry of entries) await collect(entry, '', 0, found);
  return found;
}

/** Of `<input type="file">`, also where it takes folders. */
export function filesOfInput({ files }: HTMLInputElement): readonly Given[] {
  return [...(files ?? [])].map((file) => {
    const path = file.webkitRelativePath;
    return { file, below: path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '' };
  });
}

async function collect(entry: FileSystemEntry, below: string, depth: number, found: Given[]): Promise<void> {
  if (found.length >= MAX_FILES || depth > MAX_DEPTH) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ file, below });
    return;
  }
  const inside = below === '' ? entry.name : `${below}/${entry.name}`;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // a reader gives at most 100 at once
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0 || found.length >= MAX_FILES) return;
    for (const child of some) await collect(child, inside, depth + 1, found);
  }
}
