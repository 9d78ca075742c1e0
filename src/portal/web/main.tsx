import { render } from 'preact';
import { openEvents } from './api/events.ts';
import { App } from './app.tsx';
import { openLanguage } from './i18n/language.ts';
import { openRouter } from './state/router.ts';
import { followSession, loadSession } from './state/session.ts';
import { openTheme } from './state/theme.ts';
import { guardLeaving } from './uploads/manager.ts';

openTheme();
openRouter();
guardLeaving();
await openLanguage();
const app = document.getElementById('app');
if (app !== null) render(<App />, app);
await loadSession();
followSession();
openEvents();
