/** Which groups are behind which host (wire contract 1.1, 1.2). */
import { type GroupChunk, generatedDomain, type InstanceChunk } from '@causeway/contract';
import { type HostPattern, parseHostPattern } from './host-pattern.js';
import { type HostBinding, HostTable, isGenerated } from './host-table.js';
import type { GroupProgram } from './program.js';

/** A group with the names that are its own to bind. */
export interface BoundGroup {
  readonly chunk: GroupChunk;
  readonly program: GroupProgram;
  readonly domains: readonly HostBinding[];
}

export function compileHosts(
  groups: readonly BoundGroup[],
  form: 'public' | 'internal',
  { region, suffix }: InstanceChunk,
): HostTable {
  const bindings: HostBinding[] = [];
  for (const { chunk, program, domains } of groups) {
    if (form === 'public') bindings.push(...domains);
    if (!(form === 'public' ? chunk.publicDomain : chunk.internalDomain)) continue;
    bindings.push({ domain: generatedDomain(form, chunk.id, region, suffix), group: program, stage: null, patterns: null });
  }
  return new HostTable(suffix, bindings);
}

/** The custom domains of a group for the public listener; those of type `intranet` belong to a listener of their own. */
export function compileDomains(
  { id, domains }: GroupChunk,
  program: GroupProgram,
  suffix: string,
  problems: Array<{ resource: string; message: string }>,
): readonly HostBinding[] {
  const bound: HostBinding[] = [];
  const resource = `group:${id}`;
  for (const { domain, type, stage, patterns } of domains) {
    if (type === 'intranet') continue;
    if (isGenerated(domain.startsWith('*.') ? domain.slice(2) : domain, suffix)) {
      problems.push({ resource, message: `domain ${domain} is under the suffix of generated domains` });
      continue;
    }
    const compiled: HostPattern[] = [];
    for (const pattern of domain.startsWith('*.') ? patterns : []) {
      const parsed = parseHostPattern(pattern);
      if (typeof parsed === 'string') problems.push({ resource, message: `pattern ${pattern} of domain ${domain} ${parsed}` });
      else compiled.push(parsed);
    }
    bound.push({ domain, group: program, stage, patterns: compiled.length === 0 ? null : compiled });
  }
  return bound;
}
