/** Many edits in one call: all APIs of a group deployed anew. */
import type { Management } from '../../harness/management.js';

const STORMED = 'fb'.repeat(16);
const APIS = 100;

interface BatchAnswer {
  readonly items: ReadonlyArray<{ readonly status: string }>;
}

/** @returns deploys each of a group's 100 APIs; throws when one of them is not */
export async function createBatch(
  management: Management,
): Promise<{ readonly size: number; deploy(by: Management): Promise<void> }> {
  await management.call('POST /groups', { id: STORMED, name: 'stormed' });
  const items = Array.from({ length: APIS }, (_, n) => ({
    name: `stormed${n}`,
    auth: 'ANONYMOUS',
    request: { method: 'GET', path: `/stormed${n}` },
    backend: { type: 'MOCK', statusCode: 200, body: `${n}` },
  }));
  const expectDone = ({ items: done }: BatchAnswer): void => {
    const refused = done.filter(({ status }) => status !== 'done');
    if (done.length !== APIS || refused.length > 0) throw new Error(`Of a batch: ${JSON.stringify(refused[0] ?? done.length)}`);
  };
  expectDone(await management.call<BatchAnswer>(`POST /groups/${STORMED}/apis/batch`, { items }));
  return {
    size: APIS,
    async deploy(by) {
      expectDone(
        await by.call<BatchAnswer>(`POST /groups/${STORMED}/deployments`, { stage: 'RELEASE', action: 'deploy', all: true }),
      );
    },
  };
}
