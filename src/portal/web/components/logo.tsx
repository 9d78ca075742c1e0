/** The gates of a lock, seen from above, and the water behind them. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path class="logo-gates" d="M4 6.5 16 13 28 6.5M4 13l12 6.5L28 13" />
      <path class="logo-water" d="M4 25c2 0 2-1.2 4-1.2S10 25 12 25s2-1.2 4-1.2S18 25 20 25s2-1.2 4-1.2 2 1.2 4 1.2" />
    </svg>
  );
}
