/** The stages in which an API may be live. */
import { BUILT_IN_STAGES } from '@causeway/contract';
import { refused } from '../http/problem.js';

export function isKnownStage(stage: string): boolean {
  return (BUILT_IN_STAGES as readonly string[]).includes(stage);
}

/** 422 for any but the stages that every group has. */
export function refuseUnknownStage(stage: string): void {
  if (isKnownStage(stage)) return;
  throw refused(
    [{ path: 'stage', message: `must be one of ${BUILT_IN_STAGES.join(', ')}` }],
    'NotFoundStage',
    'The group has no such stage.',
  );
}
