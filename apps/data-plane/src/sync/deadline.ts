/** An end for a wait on something that may never answer. */

/** Rejects after `ms` with an Error that says what was waited for; the wait itself is not undone. */
export function deadline<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} did not answer within ${ms} ms`)), ms);
    timer.unref();
  });
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
}
