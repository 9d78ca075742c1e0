/** Authentication certificates of identity cards: citizens and foreigners, by root generation. docs/domain.md §4 */
export const EID_AUTHENTICATION_POLICIES: readonly string[] = ['1', '9', '10', '12'].flatMap((root) => [
  `2.16.56.${root}.1.1.2.2`,
  `2.16.56.${root}.1.1.7.2`,
]);
