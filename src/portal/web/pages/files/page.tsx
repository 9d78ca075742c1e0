import './files.css';
import './overview.css';
import './preview.css';
import { useCallback, useRef } from 'preact/hooks';
import { browsedPath, browseUrl, location, navigate } from '../../state/router.ts';
import { session } from '../../state/session.ts';
import type { RouteProps } from '../routes.ts';
import { FolderView } from './folder-view.tsx';
import { Overview } from './overview.tsx';

/** Everything by flow at the top; below it, one folder. */
export default function FilesPage(_props: RouteProps) {
  const path = browsedPath(location.value.path);
  const opened = useRef<{ readonly to: string; readonly from: string }>(undefined);
  const open = useCallback((to: string, from: string) => {
    opened.current = { to, from };
    navigate(browseUrl(to));
  }, []);
  const cameFrom = opened.current?.to === path ? opened.current.from : undefined;
  const isTop = path === '/' || (session.value?.designations.some(({ root }) => root === path) ?? false);
  return isTop ? <Overview path={path} /> : <FolderView key={path} path={path} cameFrom={cameFrom} onOpen={open} />;
}
