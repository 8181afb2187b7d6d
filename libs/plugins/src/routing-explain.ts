/** Tells of each route of a routing plugin whether its condition holds for a request, and why. */
import { compileParameters, explainCondition, parseCondition } from '@causeway/condition';
import type { Exchange } from './kit/exchange.js';
import type { ExplainContext, RuleVerdict } from './kit/plugin.js';
import { RequestSource } from './kit/request-source.js';

interface Routes {
  readonly parameters: Readonly<Record<string, string>>;
  readonly routes: ReadonlyArray<{ readonly name: string; readonly condition: string }>;
}

/** @throws when it does not compile: then there is nothing to explain either */
export function explainRoutes({ parameters: map, routes }: Routes, context: ExplainContext): (x: Exchange) => RuleVerdict[] {
  const parameters = compileParameters(map, 'request');
  if ('problems' in parameters) throw new Error(parameters.problems.map(({ message }) => message).join('; '));
  const parsed = routes.map(({ name, condition }) => {
    const result = parseCondition(condition);
    if ('problems' in result) throw new Error(result.problems.map(({ message }) => message).join('; '));
    return { rule: name, condition, ast: result.ast };
  });
  return (x) => {
    const source = new RequestSource(x, context.pathPlaceholders, context.random);
    return parsed.map(({ rule, condition, ast }) => {
      const { result, lines } = explainCondition(ast, { parameters, apiParameters: context.apiParameters }, source);
      return { rule, condition, holds: result, why: lines };
    });
  };
}
