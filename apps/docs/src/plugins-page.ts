/** The reference of plugin types, from their schemas. */
import { DOUBT_CODES, type PluginDefinition, plugins } from '@causeway/plugins';
import { type JsonSchema, jsonSchemaOf, valuesOf } from './json-schema.js';
import { code, table } from './table.js';

export function pluginsPage(): string {
  return `# Plugin types

In the order in which they run. Configurations are YAML or JSON; unknown fields are refused. What the fields mean together is in [plugins](../plugins.md),
section 5; conditions and locations are in [conditions](../conditions.md). A control plane gives the same as JSON Schema at \`GET /api/v1/plugin-types\`.

${plugins.map(section).join('\n')}
## Warnings

What is certain from a configuration alone. Each comes with the path of its field, with the answer of a write, a binding and \`POST /api/v1/plugins/check\`.

${table(
  ['code', 'says'],
  Object.entries(DOUBT_CODES).map(([name, meaning]) => [code(name), meaning]),
)}
`;
}

function section({ type, description, schema, secretPaths, example }: PluginDefinition): string {
  const secrets = new Set(secretPaths.map((path) => path.join('.').replaceAll('.*', '[]')));
  const fields = fieldsOf(jsonSchemaOf(schema, 'input'), jsonSchemaOf(schema, 'output'), '');
  const rows = fields.map(({ path, values, presence, description }) => {
    const notes = [description, ...(secrets.has(path) ? ['secret: sealed, shown as `******`'] : [])];
    return [code(path), values, presence, notes.filter((note) => note !== '').join('; ')];
  });
  return `## ${type}

${description}

${table(['field', 'values', 'default', ''], rows)}

\`\`\`yaml
${example.trimEnd()}
\`\`\`
`;
}

interface Field {
  readonly path: string;
  readonly values: string;
  readonly presence: string;
  readonly description: string;
}

/** One row for each field, those of lists and objects behind their own: `routes[].backend.path`. */
function fieldsOf(written: JsonSchema, understood: JsonSchema, prefix: string): Field[] {
  return Object.entries(written.properties ?? {}).flatMap(([name, input]) => {
    const output = understood.properties?.[name] ?? {};
    const path = `${prefix}${name}`;
    const required = written.required?.includes(name) === true;
    const field = {
      path,
      values: valuesOf(Object.keys(output).length === 0 ? input : output),
      presence: input.default !== undefined ? code(JSON.stringify(input.default)) : required ? 'required' : '',
      description: input.description ?? '',
    };
    if (input.items !== undefined) return [field, ...fieldsOf(input.items, output.items ?? {}, `${path}[].`)];
    return [field, ...fieldsOf(input, output, `${path}.`)];
  });
}
