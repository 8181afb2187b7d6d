/** Lets requests in, or keeps them out, by the address that they come from (plugins, section 5.2). */
// hot
import { AddressSet, forwardedAddress } from '@causeway/condition';
import { z } from 'zod';
import { ipControlDoubts } from './ip-control-doubts.js';
import { ipControlSummary } from './ip-control-summary.js';
import { refuse } from './kit/answer.js';
import type { Dataset, DatasetUse } from './kit/dataset.js';
import type { Exchange } from './kit/exchange.js';
import { text } from './kit/fields.js';
import { type CompileContext, definePlugin, type Problem, type Steps } from './kit/plugin.js';

/** Far more than 50 KB of configuration can hold blocks. */
const MAX_ITEMS = 1000;
const MAX_BLOCKS = 10_000;

const Item = z.strictObject({
  blocks: z
    .array(text(64))
    .min(1)
    .max(MAX_BLOCKS)
    .optional()
    .describe('addresses and blocks, IPv4 and IPv6; this or blocksDatasetId'),
  blocksDatasetId: text(32).optional().describe('a dataset of type IP_WHITELIST_CIDR'),
  appId: text(16)
    .pipe(z.string().regex(/^[1-9][0-9]*$/, 'must be the id of an app'))
    .optional()
    .describe('the item is for that app only'),
});

const schema = z.strictObject({
  type: z.enum(['ALLOW', 'REFUSE']).describe('whether those who are listed may come, or may not'),
  resource: text(16)
    .transform((value) => value.replace(/\s/g, ''))
    .pipe(z.string().regex(/^XFF:-?[0-9]{1,6}$/i, 'must be XFF:n'))
    .optional()
    .describe('XFF:n, the n-th address of X-Forwarded-For, from 0, negative from the end; default: the address of the client'),
  items: z.array(Item).min(1).max(MAX_ITEMS),
});

export type IpControlConfig = z.infer<typeof schema>;

export const ipControl = definePlugin({
  type: 'ipControl',
  description: 'Lets requests in, or keeps them out, by the address that they come from.',
  schema,
  secretPaths: [],
  example: `type: ALLOW
items:
- blocks:
  - 10.0.0.0/8
  - 2001:db8::/32
- appId: 219810
  blocks:
  - 192.0.2.7
`,
  check,
  doubts: ipControlDoubts,
  describe: ipControlSummary,
  datasetsOf,
  compile(config, context): Steps {
    const { everyone, byApp } = compileItems(config, context);
    const allow = config.type === 'ALLOW';
    const index = config.resource === undefined ? null : Number(config.resource.slice('XFF:'.length));
    const holds = (sets: readonly AddressSet[], address: string, nowMs: number) => sets.some((set) => set.has(address, nowMs));
    return {
      caller(x) {
        const address = index === null ? x.clientIp : forwardedAddress(x.head.forwardedFor, index);
        if (address === null || !ANY.has(address, 0)) return refuse('A403IP');
        const own = byApp.size === 0 ? undefined : byApp.get(appOf(x));
        if (!allow) {
          const listed = holds(everyone, address, x.arrivedAtMs) || (own !== undefined && holds(own, address, x.arrivedAtMs));
          return listed ? refuse('A403IP') : undefined;
        }
        const asked = own ?? everyone;
        return asked.length === 0 || holds(asked, address, x.arrivedAtMs) ? undefined : refuse('A403IP');
      },
    };
  },
});

/** Whatever is an address. */
const ANY = new AddressSet();
ANY.add('0.0.0.0/0');
ANY.add('::/0');

function appOf({ caller }: Exchange): string {
  return caller === null ? '' : caller.appId;
}

interface Items {
  /** Of items that name no app. */
  readonly everyone: readonly AddressSet[];
  readonly byApp: ReadonlyMap<string, readonly AddressSet[]>;
}

function compileItems(config: IpControlConfig, context: CompileContext): Items {
  const byApp = new Map<string, AddressSet[]>();
  for (const [appId, { written, datasets }] of writtenIn(config)) {
    const named = datasets.map((id) => {
      const dataset = context.dataset(id, 'IP_WHITELIST_CIDR');
      if (dataset === null) throw new Error(`dataset ${id} of type IP_WHITELIST_CIDR is not there`);
      return setOf(dataset);
    });
    byApp.set(appId, written === null ? named : [written, ...named]);
  }
  const everyone = byApp.get('') ?? [];
  byApp.delete('');
  return { everyone, byApp };
}

interface Written {
  /** All blocks of the items; null: there are none. */
  readonly written: AddressSet | null;
  readonly datasets: readonly string[];
}

/** A configuration that a hundred APIs share is made into sets once. */
const known = new WeakMap<IpControlConfig, ReadonlyMap<string, Written>>();

/** By app; the empty text for items that name none. */
function writtenIn(config: IpControlConfig): ReadonlyMap<string, Written> {
  let made = known.get(config);
  if (made === undefined) {
    const apps = [...new Set(config.items.map(({ appId = '' }) => appId))];
    made = new Map(
      apps.map((app) => {
        const items = config.items.filter(({ appId = '' }) => appId === app);
        const blocks = items.flatMap(({ blocks = [] }) => blocks);
        const written = blocks.length === 0 ? null : new AddressSet();
        for (const block of blocks) written?.add(block);
        return [app, { written, datasets: items.flatMap(({ blocksDatasetId = [] }) => blocksDatasetId) }];
      }),
    );
    known.set(config, made);
  }
  return made;
}

/** One for all plugins that name the dataset, until it is edited. */
const ofDatasets = new WeakMap<Dataset, AddressSet>();

function setOf(dataset: Dataset): AddressSet {
  let set = ofDatasets.get(dataset);
  if (set === undefined) {
    set = new AddressSet();
    for (const { value, expiresAtMs } of dataset.items.values()) set.add(value, expiresAtMs ?? undefined);
    ofDatasets.set(dataset, set);
  }
  return set;
}

function datasetsOf({ items }: IpControlConfig): DatasetUse[] {
  return items.flatMap(({ blocksDatasetId: id }, n) =>
    id === undefined ? [] : [{ path: `items[${n}].blocksDatasetId`, id, type: 'IP_WHITELIST_CIDR' as const }],
  );
}

function check({ items }: IpControlConfig) {
  const problems: Problem[] = [];
  for (const [n, { blocks, blocksDatasetId }] of items.entries()) {
    if ((blocks === undefined) === (blocksDatasetId === undefined))
      problems.push({ path: `items[${n}]`, message: 'must hold either blocks or blocksDatasetId' });
    for (const [m, block] of (blocks ?? []).entries())
      if (!new AddressSet().add(block))
        problems.push({ path: `items[${n}].blocks[${m}]`, message: 'must be an address or block' });
  }
  return { problems, warnings: [] };
}
