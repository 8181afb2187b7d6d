/** Stage variables: `#Name#` in the texts of a definition, found and replaced (wire contract 4.6 rule 8). */
import type { ApiDefinition } from '@causeway/contract';

/** The form of a name; case counts (management model 2.5 rule 3). */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,49}$/;
/** Any other `#` in a text is ordinary text. */
const USE = /#([A-Za-z_][A-Za-z0-9_]{0,49})#/g;
const SAMPLE_ADDRESS = 'http://variable';

export interface VariableUse {
  /** Such as `backend.address` or `constants[0].value`. */
  readonly path: string;
  readonly name: string;
}

/** Every use of a variable, in the backend's address and path and in the values of constants; one each per field and name. */
export function variablesOf(definition: ApiDefinition): readonly VariableUse[] {
  // Nearly all definitions have none: there nothing is copied to be looked through.
  if (!mayUse(definition)) return NONE;
  const uses: VariableUse[] = [];
  visit(definition, (path, text) => {
    for (const name of new Set(Array.from(text.matchAll(USE), (match) => match[1]!))) uses.push({ path, name });
    return text;
  });
  return uses;
}

const NONE: readonly VariableUse[] = [];

function mayUse({ backend, constants }: ApiDefinition): boolean {
  const isIn = (text: unknown) => typeof text === 'string' && text.includes('#');
  return (
    (backend !== undefined && 'path' in backend && (isIn(backend.path) || ('address' in backend && isIn(backend.address)))) ||
    constants.some(({ value }) => isIn(value))
  );
}

/**
 * The definition with values in place of variables, itself when it uses none; or the uses of variables that have no value.
 * What comes out may break the rules of a definition, as an address made of two: check it before it is compiled.
 * A value is taken as it is: `#Name#` in a value is ordinary text.
 */
export function withVariables(
  definition: ApiDefinition,
  values: Readonly<Record<string, string>>,
): ApiDefinition | { readonly missing: readonly VariableUse[] } {
  const uses = variablesOf(definition);
  if (uses.length === 0) return definition;
  const missing = uses.filter(({ name }) => !Object.hasOwn(values, name));
  if (missing.length > 0) return { missing };
  return visit(definition, (_, text) => text.replaceAll(USE, (_use, name: string) => values[name]!));
}

/** What a definition with variables is checked by while nothing is known of their values; itself when it uses none. */
export function withSamples(definition: ApiDefinition): ApiDefinition {
  const uses = variablesOf(definition);
  if (uses.length === 0) return definition;
  // Any part of an address may come from a variable, the scheme too: no text in its place would tell what is wrong.
  return visit(definition, (path, text) =>
    path === 'backend.address' && uses.some((use) => use.path === path) ? SAMPLE_ADDRESS : text.replaceAll(USE, 'v'),
  );
}

/** A copy in which each text that may hold variables is what `change` makes of it. */
function visit(definition: ApiDefinition, change: (path: string, text: string) => string): ApiDefinition {
  const { backend, constants } = definition;
  return {
    ...definition,
    ...(backend !== undefined && { backend: visitBackend(backend, change) }),
    constants: constants.map((constant, index) => ({ ...constant, value: change(`constants[${index}].value`, constant.value) })),
  };
}

type Backend = NonNullable<ApiDefinition['backend']>;

function visitBackend(backend: Backend, change: (path: string, text: string) => string): Backend {
  // A mock, or a type that is known later only.
  if (backend.type !== 'HTTP' && backend.type !== 'HTTP-VPC') return backend;
  const path = change('backend.path', backend.path);
  if (backend.type === 'HTTP-VPC') return { ...backend, path };
  return { ...backend, address: change('backend.address', backend.address), path };
}
