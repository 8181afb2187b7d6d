/** Lets requests pass, or answers them, by conditions and lists of values, rule by rule. */
// hot
import type { CompiledParameters, Needs, ValueSource } from '@causeway/condition';
import { z } from 'zod';
import { accessControlDoubts } from './access-control-doubts.js';
import { explainRules } from './access-control-explain.js';
import { accessControlSummary } from './access-control-summary.js';
import { type Answer, refuse } from './kit/answer.js';
import { answerFields, compileAnswerFields, StatusCode, type WrittenAnswer } from './kit/answer-fields.js';
import {
  allNeeds,
  checkConditionText,
  checkParametersMap,
  compileConditionText,
  compileParametersMap,
} from './kit/condition-fields.js';
import type { DatasetUse } from './kit/dataset.js';
import { compileMembership } from './kit/dataset-member.js';
import type { Exchange } from './kit/exchange.js';
import { text } from './kit/fields.js';
import { type CompileContext, type Doubt, definePlugin, type Findings, type Problem, type Steps } from './kit/plugin.js';
import { RequestSource } from './kit/request-source.js';

const MAX_RULES = 64;

const Verdict = z.enum(['ALLOW', 'DENY']).optional();

const Rule = z.strictObject({
  name: text(128).pipe(z.string().min(1)),
  condition: z.string({ error: 'must be the text of a condition' }).optional().describe('or the two fields below'),
  assertParameterName: z.string().max(64).optional().describe('a variable of `parameters`, whose value is looked up'),
  assertInDataset: text(64).optional().describe('id of a dataset of type PARAMETER_ACCESS'),
  ifTrue: Verdict.describe('of both, at least one; without one the next rule is asked'),
  ifFalse: Verdict,
  statusCode: StatusCode.default(403),
  ...answerFields,
});

const schema = z.strictObject({
  parameters: z.record(z.string(), z.string()).default({}),
  rules: z.array(Rule).min(1).max(MAX_RULES),
});

export type AccessControlConfig = z.infer<typeof schema>;
type RuleConfig = AccessControlConfig['rules'][number];

export const accessControl = definePlugin({
  type: 'accessControl',
  description: 'Lets requests pass or answers them, by the first rule that decides; a request that none decides passes.',
  schema,
  secretPaths: [],
  example: `parameters:
  tier: "Token:tier"
  path: "Path"
rules:
- name: adminsOnly
  condition: "$path like '/admin/%' and $tier <> 'admin'"
  ifTrue: DENY
  statusCode: 403
  errorMessage: "\${path} is for administrators"
  responseHeaders:
    Content-Type: application/json
  responseBody: '{"error": "forbidden"}'
`,
  check,
  doubts: accessControlDoubts,
  describe: accessControlSummary,
  datasetsOf: ({ rules }) => rules.flatMap(datasetUse),
  explain: (config, context) => explainRules(config, context),
  compile(config, context): Steps {
    const parameters = compileParametersMap(config.parameters, 'request');
    const rules = config.rules.map((rule) => compileRule(rule, parameters, context));
    const needs = allNeeds(rules.flatMap((rule) => rule.needs));
    return {
      needsForm: needs.form,
      needsBody: needs.body,
      request(x) {
        const source = new RequestSource(x, context.pathPlaceholders, context.random);
        for (let n = 0; n < rules.length; n++) {
          const rule = rules[n]!;
          const verdict = rule.holds(source, x) ? rule.ifTrue : rule.ifFalse;
          if (verdict === undefined) continue;
          return verdict === 'ALLOW' ? undefined : denied(rule, source);
        }
        return undefined;
      },
    };
  },
});

interface CompiledRule {
  readonly name: string;
  readonly holds: (source: ValueSource, x: Exchange) => boolean;
  readonly ifTrue: RuleConfig['ifTrue'];
  readonly ifFalse: RuleConfig['ifFalse'];
  readonly written: WrittenAnswer;
  readonly needs: readonly Needs[];
}

function denied({ name, written }: CompiledRule, source: ValueSource): Answer {
  const answer = refuse('A403AC', { RuleName: name });
  written.writeOver(answer, source);
  return answer;
}

function compileRule(rule: RuleConfig, parameters: CompiledParameters, context: CompileContext): CompiledRule {
  const { name, ifTrue, ifFalse } = rule;
  const { apiParameters } = context;
  const written = compileAnswerFields(rule, { parameters, apiParameters });
  const [needs, holds] = compileTest(rule, parameters, context);
  return { name, holds, ifTrue, ifFalse, written, needs: [needs, written.needs] };
}

function compileTest(
  { condition, assertParameterName, assertInDataset }: RuleConfig,
  parameters: CompiledParameters,
  context: CompileContext,
): [Needs, CompiledRule['holds']] {
  if (condition !== undefined) {
    const { test, needs } = compileConditionText(condition, { parameters, apiParameters: context.apiParameters });
    return [needs, test];
  }
  const dataset = context.dataset(assertInDataset!, 'PARAMETER_ACCESS');
  if (dataset === null) throw new Error(`dataset ${assertInDataset} is not there, or not of type PARAMETER_ACCESS`);
  return compileMembership(parameters, assertParameterName!, dataset);
}

function datasetUse({ assertInDataset: id }: RuleConfig, n: number): DatasetUse[] {
  return id === undefined ? [] : [{ path: `rules[${n}].assertInDataset`, id, type: 'PARAMETER_ACCESS' }];
}

function check({ parameters, rules }: AccessControlConfig): Findings {
  const problems: Problem[] = checkParametersMap(parameters, 'request');
  const warnings: Doubt[] = [];
  const names = new Set<string>();
  for (const [n, rule] of rules.entries()) {
    const at = `rules[${n}]`;
    if (names.has(rule.name)) problems.push({ path: `${at}.name`, message: `"${rule.name}" stands twice` });
    names.add(rule.name);
    if (rule.ifTrue === undefined && rule.ifFalse === undefined)
      problems.push({ path: at, message: 'must have ifTrue, ifFalse or both' });
    problems.push(...checkTest(rule, at, parameters));
    if (rule.condition === undefined) continue;
    const found = checkConditionText(rule.condition, `${at}.condition`, { parameters, phase: 'request' });
    problems.push(...found.problems);
    warnings.push(...found.warnings);
  }
  return { problems, warnings };
}

/** A condition, or a variable and the list that it must be in. */
function checkTest(rule: RuleConfig, at: string, parameters: AccessControlConfig['parameters']): Problem[] {
  const { condition, assertParameterName: name, assertInDataset: id } = rule;
  if (condition !== undefined) {
    if (name === undefined && id === undefined) return [];
    return [{ path: at, message: 'must have a condition, or assertParameterName and assertInDataset, not both' }];
  }
  if (name === undefined && id === undefined)
    return [{ path: at, message: 'must have a condition, or assertParameterName and assertInDataset' }];
  if (id === undefined) return [{ path: `${at}.assertInDataset`, message: 'is required beside assertParameterName' }];
  if (name === undefined) return [{ path: `${at}.assertParameterName`, message: 'is required beside assertInDataset' }];
  if (Object.hasOwn(parameters, name)) return [];
  return [{ path: `${at}.assertParameterName`, message: 'must be a name of parameters' }];
}
