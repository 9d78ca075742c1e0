import { writeFile } from 'node:fs/promises';
import { portalRoutes } from '../gateway-portal.ts';
import { openApi } from '../portal/openapi.ts';

/** The description of the JSON API, as it stands in docs/openapi.json. */
export async function apiDescription(): Promise<string> {
  const routes = portalRoutes(() => {
    throw new Error('nobody asks while the API is only described');
  });
  return `${JSON.stringify(await openApi(routes), undefined, 2)}\n`;
}

/** `sluis api <file>`: writes it. */
export async function describeApi(file: string): Promise<void> {
  await writeFile(file, await apiDescription());
}
