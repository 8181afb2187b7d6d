/** Two faults at a time. */
import type { Fault } from './kit/withstand.js';

/** They must not touch the same part. That each leaves nodes a way to learn of edits does not mean that both together do. */
export function both(one: Fault, other: Fault): Fault {
  const isRefused = one.edits === 'refused' || other.edits === 'refused';
  return {
    name: `${one.name}, and ${other.name}`,
    touches: [...one.touches, ...other.touches],
    edits: isRefused ? 'refused' : 'acknowledged',
    async inject(bed) {
      await one.inject(bed);
      await other.inject(bed);
    },
    async heal(bed) {
      await one.heal(bed);
      await other.heal(bed);
    },
  };
}
