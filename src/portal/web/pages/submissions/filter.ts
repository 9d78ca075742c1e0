import type { SubmissionState } from '../../../schemas/submissions.ts';

/** What of the list is shown; '' is everything. It stands in the address, so that it can be kept and sent. */
export type Filter = {
  readonly state: string;
  readonly flow: string;
  readonly environment: string;
  readonly q: string;
};

export const STATES: readonly SubmissionState[] = [
  'receiving',
  'received',
  'checking',
  'accepted',
  'partially-accepted',
  'rejected',
  'quarantined',
  'cancelled',
];

export const ENVIRONMENTS = ['R', 'T', 'S'] as const;

export const NO_FILTER: Filter = { state: '', flow: '', environment: '', q: '' };

export function filterOf(query: URLSearchParams): Filter {
  const oneOf = (name: string, allowed: readonly string[]) => allowed.find((one) => one === query.get(name)) ?? '';
  return {
    state: oneOf('state', STATES),
    environment: oneOf('environment', ENVIRONMENTS),
    flow: query.get('flow') ?? '',
    q: query.get('q') ?? '',
  };
}

/** `/submissions?state=rejected` */
export function urlOf(filter: Filter): string {
  const words = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '')).toString();
  return words === '' ? '/submissions' : `/submissions?${words}`;
}

/** As the API takes it: what is empty is not asked. */
export function queryOf(filter: Filter): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value.trim() !== ''));
}

export function isFiltered(filter: Filter): boolean {
  return Object.values(filter).some((value) => value !== '');
}
