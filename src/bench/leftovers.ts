import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

/** Ends a process with this one, however this one ends; a benchmark that is cut leaves nothing running. */
export function endsWithUs<T extends ChildProcess>(child: T, alsoEnd: () => number | undefined = () => child.pid): T {
  const end = () => {
    const pid = alsoEnd();
    if (pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(pid, 'SIGTERM');
  };
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

/** Removes a temporary folder should this process end before it does so itself. @returns what takes that back */
export function goesWithUs(folder: string): () => void {
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  return () => process.off('exit', remove);
}
