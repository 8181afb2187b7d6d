/** Moves the old account in over the management API, as a script of its owner would: many at once where the API takes many. */
import { fewAtOnce } from '../few-at-once.js';
import type { Management, Told } from '../management.js';
import type { OldAccount, OldApi } from './account.js';
import { oldId } from './groups.js';
import { APP_CODE_PLACE } from './signed-kinds.js';

export interface Step {
  readonly call: string;
  readonly body?: unknown;
  /** The code with which it is refused when what it makes is there. */
  readonly taken?: string;
}

const ITEMS_AT_ONCE = 100;
/** Calls under way at a time. */
const WIDTH = 4;

/** Lists of calls: those of one list do not need each other. */
export function stepsOf(account: OldAccount, instanceIds: readonly string[]): Step[][] {
  const { groups, apis, apps, plugins, grants, datasets, accesses, privateDns } = account;
  const perGroup = (steps: (id: string, apis: OldApi[]) => Step) =>
    groups.map(({ id }) =>
      steps(
        id,
        apis.filter(({ group }) => group.id === id),
      ),
    );
  return [
    [
      ...instanceIds.map((id) => ({ call: `PATCH /instances/${id}`, body: { callsFromGateway: true, privateDns } })),
      ...accesses.map((body) => ({ call: 'POST /vpc-accesses', body, taken: 'DuplicateVpcAccess' })),
      ...datasets.map(({ values: _, ...body }) => ({ call: 'POST /datasets', body, taken: 'DuplicateDataset' })),
      ...groups.map(({ id, name, basePath }) => ({
        call: 'POST /groups',
        body: { id, name, basePath, appCode: APP_CODE_PLACE },
        taken: 'DuplicateGroup',
      })),
    ],
    [
      ...datasets.flatMap(({ id, values }) =>
        inBatches(values, ITEMS_AT_ONCE).map((batch) => ({
          call: `POST /datasets/${id}/items`,
          body: { items: batch.map((value) => ({ value })) },
          taken: 'DuplicateDatasetItem',
        })),
      ),
      ...groups.map(({ id }) => ({ call: `POST /groups/${id}/internal-domain` })),
      ...groups.flatMap(({ id, domains }) =>
        domains.map((body) => ({ call: `POST /groups/${id}/domains`, body, taken: 'DuplicateDomain' })),
      ),
      ...groups.flatMap(({ id, variables }) =>
        Object.entries(variables).map(([stage, body]) => ({ call: `PUT /groups/${id}/stages/${stage}/variables`, body })),
      ),
      ...apps.map(({ n: _, ...body }) => ({ call: 'POST /apps', body, taken: 'DuplicateApp' })),
    ],
    perGroup((id, own) => ({
      call: `POST /groups/${id}/apis/batch`,
      body: { items: own.map((api) => ({ id: api.id, name: api.kind.name, ...api.kind.definition(api.group) })) },
      taken: 'DuplicateApi',
    })),
    [
      ...perGroup((id) => ({ call: `POST /groups/${id}/deployments`, body: { stage: 'RELEASE', action: 'deploy', all: true } })),
      ...perGroup((id, own) => ({
        call: `POST /groups/${id}/deployments`,
        body: { stage: 'PRE', action: 'deploy', apiIds: own.filter(({ kind }) => kind.inPre).map((api) => api.id) },
      })),
      ...grants.map((body) => ({ call: 'POST /grants', body })),
      ...plugins.map(({ bindTo: _, ...body }) => ({ call: 'POST /plugins', body, taken: 'DuplicatePlugin' })),
    ],
    plugins.map(({ id, bindTo }) => ({ call: `POST /plugins/${id}/bindings`, body: { ...bindTo, stage: 'RELEASE' } })),
  ];
}

/** What each step was answered, in their order. With `keyed`, each POST carries an Idempotency-Key: of the same step, the same. */
export async function take(management: Management, steps: readonly Step[][], keyed = false): Promise<Told[]> {
  const answers: Told[] = [];
  for (const list of steps) {
    const told = await fewAtOnce(WIDTH, list, ({ call, body }) => {
      const key = oldId(`${call} ${JSON.stringify(body)}`);
      return management.ask(call, body, keyed && call.startsWith('POST') ? { 'Idempotency-Key': key } : {});
    });
    answers.push(...told);
  }
  return answers;
}

function inBatches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}
