/** Plugins act down the list on the way to the backend, and up it on the way back (plugins, section 3). */
import { Answer, type Steps } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import { inPhases } from './in-phases.js';
import { makeExchange } from './testing/make-exchange.js';

const x = makeExchange('/');

function plugin(name: string, log: string[], later = false): Steps {
  return {
    mapped: () => log.push(`${name} mapped`),
    every: () => log.push(`${name} every`),
    response: (_, answer) => {
      log.push(`${name} response ${answer.status}`);
      const next = new Answer(answer.status + 1, [], null);
      return later ? Promise.resolve(next) : next;
    },
  };
}

describe('the phases of a route', () => {
  it('are empty without plugins', () => {
    expect(Object.values(inPhases([])).every((phase) => phase === null)).toBe(true);
  });

  it.each([false, true])('run in order, each response step on what the one before made; later: %s', async (later) => {
    const log: string[] = [];
    const { mapped, response, every } = inPhases([plugin('a', log), plugin('b', log, later), plugin('c', log)]);
    mapped!(x, null as never);
    const made = await response!(x, new Answer(200, [], null));
    every!(x, made);
    expect(made.status).toBe(203);
    expect(log).toEqual([
      ...['a mapped', 'b mapped', 'c mapped'],
      ...['c response 200', 'b response 201', 'a response 202'],
      ...['c every', 'b every', 'a every'],
    ]);
  });
});

it('the phases of a route have one that refuses before anybody asks who calls', () => {
  const refused = new Answer(403, [], null);
  expect(inPhases([{}, { first: () => refused }, {}]).first!(x)).toBe(refused);
});
