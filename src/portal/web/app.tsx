import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ProblemView } from './components/problem.tsx';
import { Skeleton } from './components/progress.tsx';
import { t } from './i18n/language.ts';
import { type PageRoute, type RouteProps, routeOf } from './pages/routes.ts';
import { Shell } from './shell/shell.tsx';
import { location } from './state/router.ts';
import { loadSession, sessionError } from './state/session.ts';

/** The frame, and in it the page of the address. */
export function App() {
  const { route, rest } = routeOf(location.value.path);
  return (
    <Shell section={route.section}>
      {sessionError.value !== undefined && (
        <ProblemView error={sessionError.value} onRetry={() => void loadSession()} />
      )}
      <Routed route={route} rest={rest} />
    </Shell>
  );
}

/** A page is fetched when it is first shown. */
function Routed({ route, rest }: { readonly route: PageRoute; readonly rest: string }) {
  const [loaded, setLoaded] = useState<{ readonly route: PageRoute; readonly Page: ComponentType<RouteProps> }>();
  useEffect(() => {
    let wanted = true;
    void route.load().then((Page) => {
      if (wanted) setLoaded({ route, Page });
    });
    return () => {
      wanted = false;
    };
  }, [route]);
  if (loaded?.route !== route) return <Skeleton label={t('shell.loading')} />;
  return <loaded.Page rest={rest} />;
}
