/** Which groups are behind which host (wire contract 1.1, 1.2). */
import { type GroupChunk, generatedDomain, type InstanceChunk } from '@causeway/contract';
import type { GroupProgram, Program } from './program.js';

export function compileHosts(
  groups: ReadonlyArray<{ chunk: GroupChunk; program: GroupProgram }>,
  form: 'public' | 'internal',
  { region, suffix }: InstanceChunk,
): Program['publicHosts'] {
  const table = new Map<string, GroupProgram[]>();
  for (const { chunk, program } of groups) {
    if (!(form === 'public' ? chunk.publicDomain : chunk.internalDomain)) continue;
    table.set(generatedDomain(form, chunk.id, region, suffix), [program]);
  }
  return table;
}
