/** Rules of a definition that join several fields (management model 2.6). */
import { type ApiDefinition, isWritableHeader } from '@causeway/contract';
import { compileBackend } from './compile-backend.js';
import { SYSTEM_NAMES, valueCheck } from './parameters.js';
import { parsePathPattern } from './path-pattern.js';
import { withSamples } from './stage-variables.js';

export interface DefinitionProblem {
  /** Such as `parameters[0].name`. */
  readonly path: string;
  readonly message: string;
}

/** Every complaint about a definition that already has the right shape, whatever its stage variables will stand for. */
export function checkDefinition(definition: ApiDefinition): DefinitionProblem[] {
  return checkResolvedDefinition(withSamples(definition));
}

/** The same of one whose stage variables have been replaced: `#Name#` in it is ordinary text. */
export function checkResolvedDefinition(definition: ApiDefinition): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  const segments = parsePathPattern(definition.request.path);
  if (typeof segments === 'string') return [{ path: 'request.path', message: segments }];
  const placeholders = segments.flatMap((segment) => (segment.kind === 'parameter' ? [segment.name] : []));
  problems.push(...checkParameters(definition, placeholders));
  if (definition.backend !== undefined) {
    const mapped = new Map(definition.parameters.filter((p) => p.backend.in === 'path').map((p) => [p.backend.name, p.name]));
    const made = compileBackend(definition.backend, {}, { placeholders, mapped, hasRest: segments.at(-1)?.kind === 'rest' }, '');
    if ('incomplete' in made)
      problems.push({ path: made.incomplete.startsWith('path') ? 'backend.path' : 'backend.address', message: made.incomplete });
    const rule = definition.backend.type === 'HTTP' ? definition.backend.contentType : undefined;
    if (rule?.category === 'CUSTOM' && rule.value === undefined)
      problems.push({ path: 'backend.contentType.value', message: 'is required with category CUSTOM' });
  }
  return problems;
}

function checkParameters({ parameters, request, backend }: ApiDefinition, placeholders: readonly string[]): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  const names = new Set<string>();
  for (const [index, parameter] of parameters.entries()) {
    const complain = (field: string, message: string) => problems.push({ path: `parameters[${index}].${field}`, message });
    if (names.has(parameter.name)) complain('name', `"${parameter.name}" stands twice`);
    names.add(parameter.name);
    if (SYSTEM_NAMES.has(parameter.name)) complain('name', 'is the name of a system parameter');
    if (parameter.in === 'header' && /^x-ca-/i.test(parameter.name)) complain('name', 'may not start with X-Ca- in a header');
    if (parameter.in === 'path' && !placeholders.includes(parameter.name))
      complain('name', `has no placeholder [${parameter.name}] in request.path`);
    if (request.mode === 'PASSTHROUGH' && parameter.in !== 'path')
      complain('in', 'must be path: in mode PASSTHROUGH only path parameters are declared');
    if (parameter.backend.in === 'header' && !isWritableHeader(parameter.backend.name))
      complain('backend.name', 'must be a header name that the gateway does not write itself');
    if (parameter.backend.in === 'form' && backend?.type === 'HTTP' && /^(?:GET|HEAD)$/.test(backend.method))
      complain('backend.in', `may not be form: the backend is called with ${backend.method}`);
    if (
      request.mode === 'MAPPING' &&
      request.bodyFormat === 'STREAM' &&
      (parameter.in === 'form' || parameter.backend.in === 'form')
    )
      complain('in', 'may not read or write form parameters: request.bodyFormat is STREAM');
    const wrong = wrongEnum(parameter) ?? wrongDefault(parameter);
    if (wrong !== null) complain(wrong.field, wrong.message);
  }
  return problems;
}

type Parameter = ApiDefinition['parameters'][number];

function wrongEnum(parameter: Parameter) {
  const { enum: options, ...rest } = parameter;
  const check = valueCheck(rest);
  const reason = options?.map(check).find((each) => each !== null);
  return reason ? { field: 'enum', message: reason } : null;
}

function wrongDefault(parameter: Parameter) {
  if (parameter.default === undefined) return null;
  const reason = valueCheck(parameter)(parameter.default);
  return reason === null ? null : { field: 'default', message: reason };
}
