/** What the plugins of a route do in each phase, as one function each; null where nobody does anything. */
import type { Answer, Exchange, Steps } from '@causeway/plugins';
import type { Respond, RouteParts } from './route.js';

export type Phases = Pick<RouteParts, 'first' | 'mapped' | 'sign' | 'guard' | 'response' | 'every' | 'preflight'>;

const NOBODY: Phases = {
  first: null,
  mapped: null,
  sign: null,
  guard: null,
  response: null,
  every: null,
  preflight: null,
};

/** @param plugins in the order of the list: down it on the way to the backend, up it on the way back */
export function inPhases(plugins: readonly Steps[]): Phases {
  if (plugins.length === 0) return NOBODY;
  const upward = plugins.toReversed();
  return {
    first: plugins.find(({ first }) => first !== undefined)?.first ?? null,
    mapped: all(plugins.flatMap(({ mapped }) => mapped ?? [])),
    sign: plugins.find(({ sign }) => sign !== undefined)?.sign ?? null,
    guard: plugins.find(({ guard }) => guard !== undefined)?.guard ?? null,
    response: responders(upward.flatMap(({ response }) => response ?? [])),
    every: all(upward.flatMap(({ every }) => every ?? [])),
    preflight: plugins.find(({ preflight }) => preflight !== undefined)?.preflight ?? null,
  };
}

function all<T>(steps: ReadonlyArray<(x: Exchange, on: T) => void>): ((x: Exchange, on: T) => void) | null {
  if (steps.length <= 1) return steps[0] ?? null;
  return (x, on) => {
    for (const step of steps) step(x, on);
  };
}

function responders(steps: readonly Respond[]): Respond | null {
  if (steps.length <= 1) return steps[0] ?? null;
  return (x, answer) => respondFrom(steps, 0, x, answer);
}

function respondFrom(steps: readonly Respond[], from: number, x: Exchange, answer: Answer): Answer | Promise<Answer> {
  for (let at = from; at < steps.length; at++) {
    const made = steps[at]!(x, answer);
    if (made instanceof Promise) return made.then((settled) => respondFrom(steps, at + 1, x, settled));
    answer = made;
  }
  return answer;
}
