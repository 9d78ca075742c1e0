import './files.css';
import { useCallback } from 'preact/hooks';
import { browsedPath, browseUrl, location, navigate } from '../../state/router.ts';
import { session } from '../../state/session.ts';
import type { RouteProps } from '../routes.ts';
import { FolderView } from './folder-view.tsx';
import { Overview } from './overview.tsx';

/** Everything by flow at the top; below it, one folder. */
export default function FilesPage(_props: RouteProps) {
  const path = browsedPath(location.value.path);
  const open = useCallback((to: string) => navigate(browseUrl(to)), []);
  const isTop = path === '/' || (session.value?.designations.some(({ root }) => root === path) ?? false);
  return isTop ? <Overview path={path} /> : <FolderView key={path} path={path} onOpen={open} />;
}
