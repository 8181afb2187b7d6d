/** Evaluates the long condition, pinned to a core by who starts it: `condition-worker.js <rounds> <evaluations per round>`. */
import {
  type CompiledParameters,
  compileCondition,
  compileParameters,
  parseCondition,
  type ValueSource,
} from '@causeway/condition';
import { byHand, CONDITION, PARAMETERS, requests, type Values } from './long-condition.js';

/** What it prints, as JSON. Means, in microseconds of CPU time for one evaluation, one of each round. */
export interface ConditionTimes {
  compiledUs: number[];
  byHandUs: number[];
  /** Share of the requests for which the condition holds. */
  share: number;
}

const REQUESTS = 4096;

const [rounds = 5, evaluations = 100_000] = process.argv.slice(2).map(Number);
const values = requests(REQUESTS);
const sources = values.map(sourceOf);
const test = compiled();
for (const [n, one] of values.entries()) {
  if (test(sources[n] as ValueSource) !== byHand(one)) throw new Error(`the two disagree about ${JSON.stringify(one)}`);
}

const times: ConditionTimes = { compiledUs: [], byHandUs: [], share: values.filter(byHand).length / REQUESTS };
mean(test, sources); // both are compiled by the engine before anything counts
mean(byHand, values);
for (let round = 0; round < rounds; round++) {
  times.compiledUs.push(mean(test, sources));
  times.byHandUs.push(mean(byHand, values));
}
process.stdout.write(JSON.stringify(times));

function mean<T>(judge: (one: T) => boolean, all: readonly T[]): number {
  let holds = 0;
  const before = process.cpuUsage();
  for (let n = 0; n < evaluations; n++) if (judge(all[n % REQUESTS] as T)) holds++;
  const { user, system } = process.cpuUsage(before);
  if (holds === 0) throw new Error('the condition never held'); // keeps the loop from being optimised away
  return (user + system) / evaluations;
}

function compiled() {
  const parsed = parseCondition(CONDITION);
  if (!('ast' in parsed)) throw new Error(JSON.stringify(parsed));
  return compileCondition(parsed.ast, { parameters: compileParameters(PARAMETERS, 'request') as CompiledParameters });
}

/** Values at hand: reading them from a request is measured with the requests. */
function sourceOf(values: Values): ValueSource {
  const byLocation = new Map<string, string>();
  for (const [variable, location] of Object.entries(PARAMETERS)) {
    const name = location.split(':')[1] ?? location;
    byLocation.set(location.startsWith('Header') ? name.toLowerCase() : name, values[variable as keyof Values]);
  }
  const none = () => null;
  return {
    nowMs: 0,
    random: () => 0,
    system: none,
    apiParameter: none,
    pluginVariable: none,
    read: ({ location, name }) => byLocation.get(name ?? location) ?? null,
  };
}
