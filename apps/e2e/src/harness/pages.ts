/** Everything that a list holds, page after page. */
import type { Management } from './management.js';

/** `path` is a list of the management API, with or without a query; no page but the last may have less than `limit` items. */
export async function everything<T>(management: Management, path: string, limit = 200): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const from: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const page: { items: T[]; next: string | null } = await management.call(
      `GET ${path}${path.includes('?') ? '&' : '?'}limit=${limit}${from}`,
    );
    if (page.items.length > limit || (page.next !== null && page.items.length < limit))
      throw new Error(`${path}: a page of ${page.items.length} items where ${limit} were asked for`);
    all.push(...page.items);
    cursor = page.next;
  }
  return all;
}
