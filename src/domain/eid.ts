/** Authentication certificates of identity cards: citizens and foreigners, by root generation. docs/domain.md §4 */
export const EID_AUTHENTICATION_POLICIES: readonly string[] = ['1', '9', '10', '12'].flatMap((root) => [
  `2.16.56.${root}.1.1.2.2`,
  `2.16.56.${root}.1.1.7.2`,
]);

/** Signing certificates of identity cards, which have nonRepudiation alone. docs/domain.md §4 */
export const EID_SIGNATURE_POLICIES: readonly string[] = ['1', '9', '10', '12'].flatMap((root) => [
  `2.16.56.${root}.1.1.2.1`,
  `2.16.56.${root}.1.1.7.1`,
]);
