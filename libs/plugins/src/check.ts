/** What is wrong or doubtful with a plugin's configuration, before anything runs. */
import { z } from 'zod';
import type { Doubt, Problem } from './kit/plugin.js';
import { findPlugin, plugins } from './list.js';

export interface CheckedPlugin {
  /** The configuration with defaults filled in; null when there are problems. */
  readonly config: Record<string, unknown> | null;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Doubt[];
}

/** Collects every complaint about a configuration of a type, each with its path. */
export function checkPlugin(type: string, config: unknown): CheckedPlugin {
  const plugin = findPlugin(type);
  if (plugin === undefined) {
    const known = plugins.map((each) => each.type).join(', ');
    return { config: null, problems: [{ path: 'type', message: `must be one of ${known}` }], warnings: [] };
  }
  const parsed = (plugin.variant?.(config) ?? plugin.schema).safeParse(config);
  if (!parsed.success) return { config: null, problems: parsed.error.issues.flatMap(toProblems), warnings: [] };
  const { problems, warnings } = plugin.check?.(parsed.data) ?? { problems: [], warnings: [] };
  return { config: problems.length > 0 ? null : (parsed.data as Record<string, unknown>), problems, warnings };
}

export interface ReviewedPlugin extends CheckedPlugin {
  /** What it would do, in plain words; nothing while there are problems. */
  readonly summary: readonly string[];
}

/** More of them help nobody. */
const MAX_WARNINGS = 100;

/** All that an owner is told of a configuration before it is stored: every doubt too, and what it would do. */
export function reviewPlugin(type: string, config: unknown): ReviewedPlugin {
  const checked = checkPlugin(type, config);
  if (checked.config === null) return { ...checked, summary: [] };
  const plugin = findPlugin(type);
  const found = plugin?.doubts?.(checked.config) ?? [];
  return { ...checked, warnings: cut([...checked.warnings, ...found]), summary: plugin?.describe?.(checked.config) ?? [] };
}

function cut(doubts: readonly Doubt[]): readonly Doubt[] {
  if (doubts.length <= MAX_WARNINGS) return doubts;
  const message = `there are ${doubts.length - MAX_WARNINGS} more doubts`;
  return [...doubts.slice(0, MAX_WARNINGS), { path: '', code: 'more-doubts', message }];
}

/** The types as the reference shows them. */
export const pluginTypes = plugins.map(({ type, description, schema, example }) => ({
  type,
  description,
  example,
  jsonSchema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Record<string, unknown>,
}));

/** Fields of a type that hold secrets, each a path into the configuration; none for an unknown type. */
export function secretPathsOf(type: string): ReadonlyArray<readonly string[]> {
  return findPlugin(type)?.secretPaths ?? [];
}

/** One complaint a field: an issue about unknown keys names each of them. */
export function toProblems(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: 'is not a known field' }));
  const meant = issue.code === 'invalid_union' && codeOf(issue) === undefined ? meantBy(issue) : null;
  if (meant !== null) return meant.flatMap((inner) => toProblems({ ...inner, path: [...issue.path, ...inner.path] }));
  // Issues come without their input: only zod's text tells an absent field from one of the wrong type.
  const message = issue.code === 'invalid_type' && issue.message.endsWith('received undefined') ? 'is required' : issue.message;
  const code = codeOf(issue);
  return [{ path: pathText(issue.path), message, ...(code !== undefined && { code }) }];
}

/** Of a union: the complaints of the one member whose kind of value it is, a list or an object, when something inside is wrong. */
function meantBy({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | null {
  const inside = errors.filter((issues) => issues.length > 0 && issues.every(isInside));
  return inside.length === 1 ? inside[0]! : null;
}

function isInside({ code, path }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === 'unrecognized_keys' || code === 'too_big' || code === 'too_small';
}

/** Of an issue that names one: those of the contract's unions do so in their text only. */
function codeOf(issue: z.core.$ZodIssue): string | undefined {
  if (issue.code === 'custom') return issue.params?.code as string | undefined;
  return issue.code === 'invalid_union' && issue.message.startsWith('Backend type ') ? 'UnsupportedBackendType' : undefined;
}

/** `routes[0].condition` from `['routes', 0, 'condition']`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`),
    '',
  );
}
