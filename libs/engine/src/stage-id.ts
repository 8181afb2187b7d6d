/** The id of a stage of a group. */
import { hash } from 'node:crypto';

/** 32 lower-case hexadecimal digits, always the same for a group and a name: stages are known by these two, and no id is kept. */
export function stageId(groupId: string, stage: string): string {
  return hash('sha256', `${groupId}/${stage}`).slice(0, 32);
}
