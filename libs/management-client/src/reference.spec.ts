/** The reference is a document that any tool can work with. */
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const source = readFileSync(new URL('../../../apps/control-plane/dist/openapi.json', import.meta.url), 'utf8');

async function lint(text: string): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const problems = await lintFromString({ source: text, absoluteRef: '/openapi.json', config });
  return problems.map(({ ruleId, message, location }) => `${ruleId} ${location[0]?.pointer ?? ''}: ${message}`);
}

it('has nothing that the recommended rules of the linter complain about', async () => {
  expect(await lint(source)).toEqual([]);
});

it('would be complained about', async () => {
  expect(await lint(source.replaceAll('"operationId"', '"operation"'))).not.toEqual([]);
});
