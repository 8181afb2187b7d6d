/** Bodies and queries for walks: one of each shape that a route takes, naming what belongs to one estate. */
import type { Estate } from './estate.js';
import type { Operation, Schema } from './operations.js';
import { sampleOf } from './sample.js';

type Fields = Record<string, unknown>;

/** Routes whose body has more than one shape, or fields that only together make sense. A route that is refused for its body belongs here. */
const SHAPES: Record<string, (references: Estate['references']) => Fields[]> = {
  'POST /grants': ({ appId, apiIds, apiId, appIds }) => [
    { appId, apiIds, stage: 'RELEASE' },
    { apiId, appIds, stage: 'RELEASE' },
  ],
  'POST /plugins/{pluginId}/bindings': ({ apiIds, groupId }) => [
    { apiIds, stage: 'RELEASE' },
    { groupId, stage: 'RELEASE' },
  ],
  'POST /groups/{groupId}/deployments': ({ apiIds }) => [{ apiIds, stage: 'RELEASE', action: 'deploy' }],
};

/** What a query must hold, by route; an enum needs no line. */
const QUERIES: Record<string, (estate: Estate) => Record<string, string>> = {
  'DELETE /datasets/{id}/items': ({ paths }) => ({ id: paths['datasets/*/items/*'] ?? '' }),
};

/** Whatever the query of a route must hold, and what goes with an id of `resourceId`. */
export function queryOf({ method, path, parameters }: Operation, estate: Estate): Record<string, string> {
  const query: Record<string, string> = {};
  for (const { name, in: place, required, schema } of parameters) {
    if (place !== 'query' || (required !== true && name !== 'resourceType')) continue;
    query[name] = String(schema.enum?.[0] ?? estate.references[name] ?? '');
  }
  return { ...query, ...QUERIES[`${method} ${path}`]?.(estate) };
}

/** `references` of the estate take the place of samples. */
export function bodiesOf(operation: Operation, { references }: Estate): (Fields | undefined)[] {
  const shapes = SHAPES[`${operation.method} ${operation.path}`];
  if (shapes !== undefined) return shapes(references);
  const [schema] = Object.values(operation.bodies);
  if (schema === undefined) return [undefined];
  const sample = (operation.bodyExample ?? sampleOf(schema)) as Fields;
  const named = Object.keys(schema.properties ?? {}).filter((name) => name in references && isAlone(name));
  const base = {
    ...sample,
    ...pick(
      references,
      named.filter((name) => name in sample),
    ),
  };
  return [base, ...named.filter((name) => !(name in sample)).map((name) => ({ ...base, ...pick(references, [name]) }))];
}

/** Names of fields that name something: they end so, or estates know them. */
export function referencesIn(schema: Schema | undefined, { references }: Estate): string[] {
  return Object.keys(schema?.properties ?? {}).filter((name) => name in references || /Ids?$/.test(name));
}

/** A version goes with a stage, which the sample does not know. */
function isAlone(name: string): boolean {
  return name !== 'version';
}

function pick(fields: Readonly<Fields>, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, fields[name]]));
}
