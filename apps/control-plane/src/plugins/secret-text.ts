/** Hides the secret values inside the text of a configuration, and puts them back; every other character stays. */
import { secretPathsOf } from '@causeway/plugins';
import { type Alias, isAlias, isMap, isScalar, isSeq, LineCounter, type Scalar } from 'yaml';
import { MASKED } from '../secrets/stored-secrets.js';
import { readDocuments } from './config-text.js';

export function maskSecrets(type: string, text: string): string {
  return replaceSecrets(type, text, () => MASKED);
}

/** A value written as `******`, quoted or not, becomes what `stored` had; fields that had nothing are named in `unknown`. */
export function restoreSecrets(type: string, text: string, stored: string | null): { text: string; unknown: string[] } {
  const known = new Map<string, string>();
  if (stored !== null) for (const { field, node } of secretsIn(type, stored)) known.set(field, textOf(node));
  const unknown: string[] = [];
  const restored = replaceSecrets(type, text, (field, value) => {
    if (value !== MASKED) return null;
    const secret = known.get(field);
    if (secret === undefined) unknown.push(field);
    return secret ?? value;
  });
  return { text: restored, unknown };
}

/** Fits wherever a secret may stand: as text, and as a key in base64url that is long enough for every algorithm. */
const SOME_SECRET = 'A'.repeat(86);

/** With some secret in place of each that reads `******`, for who only wants to know whether the rest is right. */
export function withSomeSecrets(type: string, text: string): string {
  return replaceSecrets(type, text, (_, value) => (value === MASKED ? SOME_SECRET : null));
}

interface Secret {
  /** Keys joined by dots. */
  readonly field: string;
  readonly node: Scalar | Alias;
}

/** @param replace null leaves the value as it is written */
function replaceSecrets(type: string, text: string, replace: (field: string, value: string) => string | null): string {
  let changed = text;
  // From the end, so that earlier positions stay valid.
  for (const { field, node } of secretsIn(type, text).reverse()) {
    const value = replace(field, textOf(node));
    const [start, end] = node.range ?? [0, 0];
    if (value === null || end === 0) continue;
    // A block scalar ends with its line. JSON text is a double-quoted scalar of YAML.
    const lineEnd = changed.slice(start, end).endsWith('\n') ? '\n' : '';
    changed = changed.slice(0, start) + JSON.stringify(value) + lineEnd + changed.slice(end);
  }
  return changed;
}

function secretsIn(type: string, text: string): Secret[] {
  const paths = secretPathsOf(type);
  if (paths.length === 0) return [];
  const root = readDocuments(text, new LineCounter())?.[0]?.contents;
  const found: Secret[] = [];
  for (const path of paths) collect(root, path, '', found);
  return found.sort((a, b) => (a.node.range?.[0] ?? 0) - (b.node.range?.[0] ?? 0));
}

function collect(node: unknown, [head, ...rest]: readonly string[], field: string, found: Secret[]): void {
  const inside = (key: string) => (field === '' ? key : `${field}.${key}`);
  if (head === undefined) {
    if (isAlias(node) || (isScalar(node) && node.value !== null)) found.push({ field, node });
  } else if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (head === '*' || head === name) collect(value, rest, inside(name), found);
    }
  } else if (isSeq(node) && head === '*') {
    for (const [index, item] of node.items.entries()) collect(item, rest, inside(String(index)), found);
  }
}

/** `secret: ******` without quotes is, to YAML, an alias named `*****`. */
function textOf(node: Secret['node']): string {
  return isAlias(node) ? `*${node.source}` : String(node.value);
}
