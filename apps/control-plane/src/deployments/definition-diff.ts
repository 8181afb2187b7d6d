/** What differs between two definitions, field by field. */

export interface Difference {
  /** Such as `backend.address` or `parameters[0].name`. */
  readonly path: string;
  /** Absent where the field is new. */
  readonly before?: unknown;
  /** Absent where the field is gone. */
  readonly after?: unknown;
}

export function diffDefinitions(before: object, after: object): Difference[] {
  return differences(before, after, '');
}

function differences(before: unknown, after: unknown, path: string): Difference[] {
  if (!isNested(before) || !isNested(after) || Array.isArray(before) !== Array.isArray(after))
    return before === after ? [] : [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => differences(before[name], after[name], join(path, name, Array.isArray(before))));
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function join(path: string, name: string, inArray: boolean): string {
  if (inArray) return `${path}[${name}]`;
  return path === '' ? name : `${path}.${name}`;
}
