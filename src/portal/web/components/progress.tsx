/** How much of something is done, from 0 to 1; undefined where nobody knows. */
export function Progress({ share, label }: { readonly share: number | undefined; readonly label: string }) {
  return share === undefined ? (
    <progress class="progress" aria-label={label} />
  ) : (
    <progress class="progress" aria-label={label} max={1} value={share} />
  );
}

/** While the first answer is awaited: lines where text will be. */
export function Skeleton({ lines = 3, label }: { readonly lines?: number; readonly label: string }) {
  return (
    <div class="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        <span class="skeleton-line" key={index} />
      ))}
    </div>
  );
}
