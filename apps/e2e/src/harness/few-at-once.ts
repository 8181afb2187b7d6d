/** Does something with each of many, a few at a time, as a client with as many connections would; results stand in the order of the many. */
export async function fewAtOnce<T, R>(width: number, many: readonly T[], work: (one: T, n: number) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = many.entries();
  const worker = async () => {
    for (const [n, one] of waiting) results[n] = await work(one, n);
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
