/** Turns what backends say of their errors into the answers that an owner wants clients to get. */
// hot
import { type CompiledParameters, type Needs, type Reader, type Test, textOf } from '@causeway/condition';
import { z } from 'zod';
import { errorMappingDoubts } from './error-mapping-doubts.js';
import { errorMappingSummary } from './error-mapping-summary.js';
import type { Answer } from './kit/answer.js';
import { answerFields, compileAnswerFields, StatusCode, type WrittenAnswer } from './kit/answer-fields.js';
import {
  allNeeds,
  checkConditionText,
  checkParametersMap,
  compileConditionText,
  compileParametersMap,
} from './kit/condition-fields.js';
import type { Exchange } from './kit/exchange.js';
import { text } from './kit/fields.js';
import { hitOf } from './kit/hits.js';
import { LookedAnswer, readLooked } from './kit/looked-answer.js';
import { type CompileContext, type Doubt, definePlugin, type Findings, type Problem, type Steps } from './kit/plugin.js';
import { ResponseSource } from './kit/response-source.js';

const HIT = hitOf('errorMapping');
const MAX_MAPPINGS = 256;

const Condition = z.string({ error: 'must be the text of a condition' });

const Mapping = z.strictObject({
  code: text(256).optional().describe('what the variable of `errorCode` must be; or `condition`'),
  condition: Condition.optional(),
  statusCode: StatusCode,
  ...answerFields,
});

const schema = z.strictObject({
  parameters: z.record(z.string(), z.string()),
  errorCondition: Condition.describe('which answers are errors; all others stay as they are'),
  errorCode: z.string().max(64).optional().describe('a variable of `parameters`, compared with the `code` of each mapping'),
  mappings: z.array(Mapping).min(1).max(MAX_MAPPINGS).describe('the first that fits'),
  defaultMapping: z
    .strictObject({ statusCode: StatusCode, ...answerFields })
    .optional()
    .describe('of an error that no mapping fits; without it that stays as it is'),
});

export type ErrorMappingConfig = z.infer<typeof schema>;
type MappingConfig = ErrorMappingConfig['mappings'][number];

export const errorMapping = definePlugin({
  type: 'errorMapping',
  description: 'Gives errors of backends another status, message, headers or body, by conditions over the answer.',
  schema,
  secretPaths: [],
  example: `parameters:
  statusCode: "StatusCode"
  code: "BodyJsonField:$.result_code"
  requestId: "BodyJsonField:$.req_msg_id"
errorCondition: "$statusCode = 200 and $code <> 'OK'"
errorCode: code
mappings:
- code: "ROLE_NOT_EXISTS"
  statusCode: 404
  errorMessage: "Role does not exist, RequestId=\${requestId}"
- code: "INVALID_PARAMETER"
  statusCode: 400
  errorMessage: "Invalid parameter, RequestId=\${requestId}"
defaultMapping:
  statusCode: 500
  errorMessage: "Unknown error \${code}, RequestId=\${requestId}"
`,
  check,
  doubts: errorMappingDoubts,
  describe: errorMappingSummary,
  compile(config, context): Steps {
    const compiled = compileAll(config, context);
    const { isError, mapNeeds } = compiled;
    return {
      response(x, answer) {
        if (!isMapped(answer)) return answer;
        const looked = new LookedAnswer(answer);
        // Most answers are told to be no errors by their status alone: then nobody waits for their body.
        if (!isError.drawsLots) {
          const holds = isError.test(new ResponseSource(x, looked, context.random));
          if (!looked.bodyMissed && !holds) return answer;
          if (!looked.bodyMissed && !mapNeeds.body) return map(x, answer, looked, compiled, context);
        }
        const reading = readLooked(looked, answer);
        if (reading instanceof Promise) return reading.then(() => judge(x, answer, looked, compiled, context));
        return judge(x, answer, looked, compiled, context);
      },
    };
  },
});

interface Compiled {
  readonly isError: {
    readonly test: Test;
    /** It may come out otherwise the second time. */
    readonly drawsLots: boolean;
  };
  readonly errorCode: Reader | null;
  readonly mappings: ReadonlyArray<{ readonly code: string | null; readonly test: Test | null; readonly written: WrittenAnswer }>;
  readonly fallback: WrittenAnswer | null;
  readonly mapNeeds: Needs;
}

/** What backends say, and what the gateway says of calls that failed (plugins, section 7). */
function isMapped({ fromBackend, errorCode }: Answer): boolean {
  if (fromBackend) return true;
  if (errorCode === null) return false;
  if (errorCode.startsWith('D')) return errorCode !== 'D503RA';
  return errorCode === 'I504RB' || errorCode === 'X504VE';
}

function judge(x: Exchange, answer: Answer, looked: LookedAnswer, compiled: Compiled, context: CompileContext): Answer {
  const holds = compiled.isError.test(new ResponseSource(x, looked, context.random));
  return holds ? map(x, answer, looked, compiled, context) : answer;
}

function map(
  x: Exchange,
  answer: Answer,
  looked: LookedAnswer,
  { errorCode, mappings, fallback }: Compiled,
  { random }: CompileContext,
): Answer {
  const source = new ResponseSource(x, looked, random);
  const value = errorCode === null ? null : errorCode(source);
  const given = value === null ? null : textOf(value);
  let chosen = fallback;
  for (let n = 0; n < mappings.length; n++) {
    const { code, test, written } = mappings[n]!;
    if (test === null ? code !== given : !test(source)) continue;
    chosen = written;
    break;
  }
  if (chosen === null) return answer;
  x.hits |= HIT;
  chosen.writeOver(answer, source);
  return answer;
}

function compileAll(config: ErrorMappingConfig, context: CompileContext): Compiled {
  const parameters = compileParametersMap(config.parameters, 'response');
  const names = { parameters, apiParameters: context.apiParameters };
  const isError = compileConditionText(config.errorCondition, names);
  const mappings = config.mappings.map((mapping) => {
    const { code = null, condition } = mapping;
    const compiled = condition === undefined ? null : compileConditionText(condition, names);
    const written = compileAnswerFields(mapping, names);
    return { code, test: compiled?.test ?? null, written, needs: compiled?.needs };
  });
  const fallback = config.defaultMapping === undefined ? null : compileAnswerFields(config.defaultMapping, names);
  const code = config.errorCode === undefined ? undefined : parameters.byName.get(config.errorCode);
  const needs = mappings.flatMap((each) => [each.written.needs, ...(each.needs ? [each.needs] : [])]);
  if (fallback !== null) needs.push(fallback.needs);
  if (code !== undefined) needs.push({ form: false, body: readsBody(code) });
  return {
    isError: { test: isError.test, drawsLots: isError.needs.body && /\brandom\b/i.test(config.errorCondition) },
    errorCode: code?.read ?? null,
    mappings,
    fallback,
    mapNeeds: allNeeds(needs),
  };
}

function readsBody({ location }: NonNullable<ReturnType<CompiledParameters['byName']['get']>>): boolean {
  return location.location === 'BodyJsonField';
}

function check({ parameters, errorCondition, errorCode, mappings }: ErrorMappingConfig): Findings {
  const problems: Problem[] = checkParametersMap(parameters, 'response');
  const warnings: Doubt[] = [];
  const note = (condition: string, path: string) => {
    const found = checkConditionText(condition, path, { parameters, phase: 'response' });
    problems.push(...found.problems);
    warnings.push(...found.warnings);
  };
  note(errorCondition, 'errorCondition');
  if (errorCode !== undefined && !Object.hasOwn(parameters, errorCode))
    problems.push({ path: 'errorCode', message: 'must be a name of parameters' });
  for (const [n, mapping] of mappings.entries()) {
    problems.push(...checkMapping(mapping, `mappings[${n}]`, errorCode !== undefined));
    if (mapping.condition !== undefined) note(mapping.condition, `mappings[${n}].condition`);
  }
  return { problems, warnings };
}

function checkMapping({ code, condition }: MappingConfig, path: string, hasErrorCode: boolean): Problem[] {
  if ((code === undefined) === (condition === undefined)) return [{ path, message: 'must have either code or condition' }];
  if (code === undefined || hasErrorCode) return [];
  return [{ path: `${path}.code`, message: 'needs errorCode, the variable that it is compared with' }];
}
