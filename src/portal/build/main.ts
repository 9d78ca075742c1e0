/** Builds the pages where they are not there yet, and says where they are. */
import { ensureBuilt } from './built.ts';

console.log(await ensureBuilt());
