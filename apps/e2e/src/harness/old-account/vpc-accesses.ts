/** The named upstreams of the old account. */
import type { EchoBackend } from '../echo-backend.js';
import type { OldGroup } from './groups.js';

export const ACCESSES = 4;

const access = (n: number) => ({
  name: `pool-${n}.vpc`,
  hostHeader: `pool${n}.internal.test`,
  backend: n % 2 === 0 ? 'blue' : 'green',
});

export function accessOf({ n }: OldGroup) {
  return access(n % ACCESSES);
}

/** As the management API takes them. */
export function oldAccesses(backends: readonly EchoBackend[]) {
  return Array.from({ length: ACCESSES }, (_, n) => {
    const { name, hostHeader, backend } = access(n);
    return { name, hostHeader, address: `127.0.0.1:${backends.find((each) => each.name === backend)?.port}` };
  });
}
