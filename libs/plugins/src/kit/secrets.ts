/** Finds the secret fields of a plugin's configuration. */

/**
 * A copy of `config` with every secret text replaced by `replace(field, text)`; `field` is the path joined by dots. In a path,
 * `*` stands for every item of a list. The original stays as it is; a path that leads nowhere is skipped.
 */
export function mapSecrets(
  config: Record<string, unknown>,
  paths: ReadonlyArray<readonly string[]>,
  replace: (field: string, text: string) => unknown,
): Record<string, unknown> {
  const copy = structuredClone(config);
  for (const path of paths) visit(copy, path, '', replace);
  return copy;
}

function visit(at: unknown, path: readonly string[], field: string, replace: (field: string, text: string) => unknown): void {
  if (typeof at !== 'object' || at === null) return;
  const [head, ...rest] = path;
  if (head === undefined) return;
  const keys = head === '*' ? Object.keys(at) : Object.hasOwn(at, head) ? [head] : [];
  const holder = at as Record<string, unknown>;
  for (const key of keys) {
    const here = field === '' ? key : `${field}.${key}`;
    const value = holder[key];
    if (rest.length > 0) visit(value, rest, here, replace);
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      holder[key] = replace(here, String(value));
  }
}
