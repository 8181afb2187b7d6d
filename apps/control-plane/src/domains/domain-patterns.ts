/** Patterns of a wildcard, whose names conditions read as `Host:svc` (management model 2.4). */
import { parseHostPattern } from '@causeway/engine';
import { type FieldError, malformed } from '../http/problem.js';
import { isWildcard } from './domain-name.js';

/** The patterns as they are stored: text in lower case, as hosts are compared, names as written. 400 with every complaint. */
export function readPatterns(domain: string, patterns: readonly string[]): string[] {
  if (patterns.length === 0) return [];
  if (!isWildcard(domain)) throw malformed([{ path: 'patterns', message: 'belong to a wildcard such as *.example.com' }]);
  const stored = patterns.map((pattern) =>
    pattern.replace(/[^{}]+|\{[^{}]*\}/g, (part) => (part.startsWith('{') ? part : part.toLowerCase())),
  );
  const errors = stored.flatMap((pattern, index): FieldError[] => {
    const message = complaint(domain, pattern);
    return message === null ? [] : [{ path: `patterns[${index}]`, message }];
  });
  if (errors.length > 0) throw malformed(errors);
  return stored;
}

function complaint(domain: string, pattern: string): string | null {
  const parsed = parseHostPattern(pattern);
  if (typeof parsed === 'string') return parsed;
  const under = domain.slice(1);
  if (!pattern.endsWith(under) || pattern.length === under.length) return `must end with ${under}, under the wildcard`;
  return parsed.some(({ name }) => name !== null) ? null : 'must hold a {name}';
}
