/** The reference of settings, from the schemas that read them. */
import { SECRETS as controlPlaneSecrets, Values } from '@causeway/control-plane/config';
import { SECRETS as dataPlaneSecrets, Settings } from '@causeway/data-plane/config';
import { describeSettings } from '@causeway/standalone/config';
import type { z } from 'zod';
import { jsonSchemaOf, valuesOf } from './json-schema.js';
import { code, table } from './table.js';

export function settingsPage(): string {
  return `# Settings

Environment variables, read once at start; a process that cannot use them says everything that is wrong and ends. An empty one counts as not set.
A setting marked *file* may stand in a file instead, named by the same setting with \`_FILE\` at its end.

## Control plane

\`npm run control-plane\`, and \`npm run migrate\`.

${service(Values, controlPlaneSecrets)}

## Data plane

\`npm run data-plane\`. A process serves one instance; several processes or nodes of it need Redis.

${service(Settings, dataPlaneSecrets)}

## Launcher

\`npm start\` and \`npm run dev\`. Every setting of both services holds too, with these defaults in front; backends on this machine are allowed.

${launcher()}
`;
}

function service(schema: z.ZodType, secrets: readonly string[]): string {
  const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input');
  const rows = Object.entries(properties).map(([name, field]) => [
    nameOf(name, secrets.includes(name)),
    field.default !== undefined ? code(String(field.default)) : required.includes(name) ? 'required' : '',
    valuesOf(field),
    field.description ?? '',
  ]);
  return table(['setting', 'default', 'values', 'meaning'], rows);
}

function launcher(): string {
  const rows = describeSettings().map(({ name, fallback, secret, description }) => [
    nameOf(name, secret),
    fallback === undefined ? '' : code(fallback),
    description,
  ]);
  return table(['setting', 'default', 'meaning'], rows);
}

function nameOf(name: string, secret: boolean): string {
  return secret ? `${code(name)} *file*` : code(name);
}
