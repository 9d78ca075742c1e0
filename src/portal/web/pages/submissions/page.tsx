import './submissions.css';
import type { RouteProps } from '../routes.ts';
import { SubmissionDetailPage } from './detail.tsx';
import { SubmissionsPage } from './list.tsx';

/** What was handed in; behind a ticket, one of them. */
export default function Submissions({ rest }: RouteProps) {
  const ticket = rest.replace(/\/+$/, '');
  return ticket === '' ? <SubmissionsPage /> : <SubmissionDetailPage key={ticket} ticket={ticket} />;
}
