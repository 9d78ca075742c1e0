import { apiResponse, apiUrl, asApiError } from '../api/client.ts';
import { session } from './session.ts';
import { throughStepUp } from './step-up.ts';
import { tell } from './toasts.ts';

/** Lets the browser keep what stands at an address, as a link would. */
export function keep(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

/**
 * The same for a file of the tree. A second factor is asked for first where it is needed: a download that is refused
 * could not say why.
 * @param url where the bytes are, if not at the path
 */
export async function keepFile(path: string, name: string, url = apiUrl('/content', { path })): Promise<void> {
  try {
    if (session.peek()?.level !== 2) await throughStepUp(() => mustRead(path));
    keep(url, name);
  } catch (error) {
    tell('trouble', asApiError(error).problem.detail);
  }
}

/** For a link to a file: who has the second factor already needs nobody to ask. */
export function onDownload(path: string, name: string, url?: string): (event: MouseEvent) => void {
  return (event) => {
    if (session.peek()?.level === 2 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void keepFile(path, name, url);
  };
}

/** @throws ApiError */
async function mustRead(path: string): Promise<void> {
  const asked = { query: { path } };
  const isAllowed = await apiResponse('HEAD', '/content', asked).then(
    () => true,
    () => false,
  );
  // An answer to HEAD has no words; that to GET says why.
  if (!isAllowed) await (await apiResponse('GET', '/content', asked)).body?.cancel();
}
