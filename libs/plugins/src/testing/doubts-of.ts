/** Doubts for specs. */
import { reviewPlugin } from '../check.js';

/** Each as `code path`. @throws when the configuration has problems: then nothing is said of doubts */
export function doubtsOf(type: string, config: unknown): string[] {
  const { problems, warnings } = reviewPlugin(type, config);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return warnings.map(({ code, path }) => `${code} ${path}`);
}

/** A copy without the item or field that a path such as `rules[1].ifTrue` names. */
export function without<T>(config: T, path: string): T {
  const copy = structuredClone(config);
  const parts = path.match(/[^.[\]]+/g) ?? [];
  const last = parts.pop() ?? '';
  const holder = parts.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], copy);
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete (holder as Record<string, unknown>)[last];
  return copy;
}
