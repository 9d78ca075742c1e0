/** What an integration may do with a line of the reference directory. Source: docs/domain.md §2. */
export const ACTIONS = ['REGISTER', 'UNREGISTER'] as const;
export type RegistrationAction = (typeof ACTIONS)[number];
