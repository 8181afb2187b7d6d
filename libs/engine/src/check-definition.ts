/** Rules of a definition that join several fields (management model 2.6). */
import { type ApiDefinition, isWritableHeader } from '@causeway/contract';
import { checkParameter } from './check-parameter.js';
import { compileBackend, type Surroundings } from './compile-backend.js';
import { pathSources } from './compile-path.js';
import { parsePathPattern } from './path-pattern.js';
import { withSamples } from './stage-variables.js';
import { SYSTEM_NAMES } from './value-check.js';

export interface DefinitionProblem {
  /** Such as `parameters[0].name`. */
  readonly path: string;
  readonly message: string;
}

type Complain = (path: string, message: string) => void;

/** Which accesses there are, and whose domains, is known only where it runs. */
const UNKNOWN: Surroundings = { suffix: '', vpcAccesses: new Map() };
/** Steps of all patterns of a definition together; each takes about 100 bytes on every node. */
const MAX_PATTERN_STEPS = 8192;

/** Every complaint about a definition that already has the right shape, whatever its stage variables will stand for. */
export function checkDefinition(definition: ApiDefinition): DefinitionProblem[] {
  return checkResolvedDefinition(withSamples(definition));
}

/** The same of one whose stage variables have been replaced: `#Name#` in it is ordinary text. */
export function checkResolvedDefinition(definition: ApiDefinition): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  const complain: Complain = (path, message) => problems.push({ path, message });
  const { request, backend } = definition;
  const segments = parsePathPattern(request.path, request.escapePath);
  if (typeof segments === 'string') return [{ path: 'request.path', message: segments }];
  const sources = pathSources(definition, segments);
  checkParameters(definition, sources.placeholders, complain);
  checkConstants(definition, complain);
  if (backend !== undefined) {
    const made = compileBackend(backend, {}, sources, UNKNOWN);
    if ('incomplete' in made) complain(made.incomplete.startsWith('path') ? 'backend.path' : 'backend.address', made.incomplete);
    const rule = backend.type === 'MOCK' ? undefined : backend.contentType;
    if (rule?.category === 'CUSTOM' && rule.value === undefined)
      complain('backend.contentType.value', 'is required with category CUSTOM');
  }
  return problems;
}

function checkParameters(definition: ApiDefinition, placeholders: readonly string[], complainAt: Complain): void {
  const { parameters, request } = definition;
  const noForm = whyNoForm(definition);
  const names = new Set<string>();
  let steps = 0;
  for (const [index, parameter] of parameters.entries()) {
    const complain: Complain = (field, message) => complainAt(`parameters[${index}].${field}`, message);
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
    if (parameter.backend.in === 'form' && noForm?.field === 'method') complain('backend.in', `may not be form: ${noForm.why}`);
    if ((parameter.in === 'form' || parameter.backend.in === 'form') && noForm?.field === 'bodyFormat')
      complain('in', `may not read or write form parameters: ${noForm.why}`);
    // Beyond the limit nothing is compiled any more: each may take a tenth of a second.
    if (steps <= MAX_PATTERN_STEPS) steps += checkParameter(parameter, complain);
    if (steps > MAX_PATTERN_STEPS) {
      complain('pattern', `is too large: with those before it, it comes to more than ${MAX_PATTERN_STEPS} steps`);
      return;
    }
  }
}

/** Constants and system parameters: each alone in its place, where it can stand. */
function checkConstants(definition: ApiDefinition, complain: Complain): void {
  const { constants, system } = definition;
  const noForm = whyNoForm(definition);
  const places = new Set<string>();
  const all = [
    ...constants.map((each, index) => ({ ...each, at: `constants[${index}]` })),
    ...system.map((each, index) => ({ ...each, at: `system[${index}]` })),
  ];
  for (const { at, name, in: place } of all) {
    const key = `${place} ${place === 'header' ? name.toLowerCase() : name}`;
    if (places.has(key)) complain(`${at}.name`, `"${name}" stands twice in the ${place}`);
    places.add(key);
    if (place === 'form' && noForm !== null) complain(`${at}.in`, `may not be form: ${noForm.why}`);
  }
  for (const [index, { in: place, value }] of constants.entries())
    if (place === 'path' && (value === '.' || value === '..')) complain(`constants[${index}].value`, 'may not be a dot segment');
}

/** Why the request to the backend can hold no form; null when it can. */
function whyNoForm({
  request,
  backend,
}: ApiDefinition): { readonly field: 'method' | 'bodyFormat'; readonly why: string } | null {
  if (backend !== undefined && backend.type !== 'MOCK' && /^(?:GET|HEAD)$/.test(backend.method))
    return { field: 'method', why: `the backend is called with ${backend.method}` };
  if (request.mode === 'MAPPING' && request.bodyFormat === 'STREAM')
    return { field: 'bodyFormat', why: 'request.bodyFormat is STREAM' };
  return null;
}
