/** A plugin of the old account that guards or changes what passes, with what clients see of it. */
import type { OldGroup } from './groups.js';
import type { Sample } from './kind.js';

export interface Guard {
  readonly type: string;
  readonly config: object;
  /** Bound to the group, or to its guarded API. */
  readonly to: 'api' | 'group';
  /** It remembers: its samples are right once. */
  readonly once?: true;
  /** `ask` is a path of the guarded API, as its clients write it. */
  samples(ask: (path: string) => string, group: OldGroup): Sample[];
}

export const ok = { status: 200 };

export const page = (origin: string) => ({ Origin: `https://${origin}` });
export const allows = (origin: string) => ({ 'access-control-allow-origin': origin });
