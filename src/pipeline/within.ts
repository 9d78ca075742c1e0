/** What it resolves to; undefined where that takes longer, in milliseconds. @throws what it rejects with in time */
export async function within<T>(promise: Promise<T>, mostMs: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), mostMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
