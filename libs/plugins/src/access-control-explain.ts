/** Tells of each rule of an accessControl plugin whether it holds for a request, and why. */
import { type CompiledParameters, explainCondition, parseCondition, textOf, type ValueSource } from '@causeway/condition';
import { compileParametersMap } from './kit/condition-fields.js';
import { compileMembership } from './kit/dataset-member.js';
import type { Exchange } from './kit/exchange.js';
import type { ExplainContext, RuleVerdict } from './kit/plugin.js';
import { RequestSource } from './kit/request-source.js';

interface Rules {
  readonly parameters: Readonly<Record<string, string>>;
  readonly rules: ReadonlyArray<{
    readonly name: string;
    readonly condition?: string | undefined;
    readonly assertParameterName?: string | undefined;
    readonly assertInDataset?: string | undefined;
  }>;
}

type Explain = (source: ValueSource, x: Exchange) => RuleVerdict;

/** @throws when a condition does not compile: then there is nothing to explain either */
export function explainRules({ parameters: map, rules }: Rules, context: ExplainContext): (x: Exchange) => RuleVerdict[] {
  const parameters = compileParametersMap(map, 'request');
  const explains = rules.map((rule): Explain => {
    if (rule.condition !== undefined) return byCondition(rule.name, rule.condition, parameters, context);
    return byDataset(rule.name, rule.assertParameterName!, rule.assertInDataset!, parameters, context);
  });
  return (x) => {
    const source = new RequestSource(x, context.pathPlaceholders, context.random);
    return explains.map((explain) => explain(source, x));
  };
}

function byCondition(
  rule: string,
  condition: string,
  parameters: CompiledParameters,
  { apiParameters }: ExplainContext,
): Explain {
  const parsed = parseCondition(condition);
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
  return (source) => {
    const { result, lines } = explainCondition(parsed.ast, { parameters, apiParameters }, source);
    return { rule, condition, holds: result, why: lines };
  };
}

/** Enough of a value to recognise it. */
const SHOWN_LENGTH = 100;

function byDataset(rule: string, name: string, id: string, parameters: CompiledParameters, context: ExplainContext): Explain {
  const condition = `$${name} in dataset ${id}`;
  const dataset = context.dataset(id, 'PARAMETER_ACCESS');
  if (dataset === null) return () => ({ rule, condition, holds: false, why: [`false: dataset ${id} is not there`] });
  const [, isMember] = compileMembership(parameters, name, dataset);
  const { read, text } = parameters.byName.get(name)!;
  return (source, x) => {
    const value = read(source);
    const holds = isMember(source, x);
    const shown = value === null ? 'null' : `'${textOf(value).slice(0, SHOWN_LENGTH)}'`;
    return { rule, condition, holds, why: [`${holds}: ${condition} ($${name} from ${text} is ${shown})`] };
  };
}
