/** Which groups are behind which host (wire contract 1.1, 1.2). */
import { type GroupChunk, generatedDomain, type InstanceChunk } from '@causeway/contract';
import { type HostPattern, parseHostPattern } from './host-pattern.js';
import { type HostBinding, isGenerated } from './host-table.js';
import type { GroupProgram } from './program.js';

/** The names under which a group is served, by listener. */
export interface Hosts {
  readonly public: readonly HostBinding[];
  readonly internal: readonly HostBinding[];
}

export function compileHosts(
  chunk: GroupChunk,
  group: GroupProgram,
  { region, suffix }: InstanceChunk,
  problems: Array<{ resource: string; message: string }>,
): Hosts {
  const generated = (form: 'public' | 'internal'): HostBinding => ({
    domain: generatedDomain(form, chunk.id, region, suffix),
    group,
    stage: null,
    patterns: null,
  });
  return {
    public: [...compileDomains(chunk, group, suffix, problems), ...(chunk.publicDomain ? [generated('public')] : [])],
    internal: chunk.internalDomain ? [generated('internal')] : [],
  };
}

/** The custom domains of a group for the public listener; those of type `intranet` belong to a listener of their own. */
function compileDomains(
  { id, domains }: GroupChunk,
  group: GroupProgram,
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
    bound.push({ domain, group, stage, patterns: compiled.length === 0 ? null : compiled });
  }
  return bound;
}
