/** The examples in docs/ work. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPlugin, plugins, reviewPlugin } from '@causeway/plugins';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ROOT } from './root.js';

describe('the examples', () => {
  it('of a signature: the curl line carries that of the string to sign', () => {
    const text = page('wire-contract.md').split('#### Example')[1] ?? '';
    const [stringToSign, curl] = [...text.matchAll(/^```\n(.*?)\n```$/gms)].map((found) => found[1]!);
    const signature = /X-Ca-Signature: ([^']+)'/.exec(curl ?? '')?.[1];
    expect(signature).toBe(
      createHmac('sha256', 'TESTSECRET')
        .update(stringToSign ?? '')
        .digest('base64'),
    );
  });

  it.each(plugins.map(({ type, example }) => [type, example]))('of the type %s is accepted', (type, example) => {
    expect(checkPlugin(type, parse(example)).problems).toEqual([]);
  });

  it.each(plugins.map(({ type }) => type))('of %s in docs/plugins.md are accepted, without a doubt', (type) => {
    const section =
      page('plugins.md')
        .split(new RegExp(`^### [0-9.]+ ${type}$`, 'm'))[1]
        ?.split(/^##/m)[0] ?? '';
    const blocks = [...section.matchAll(/^```yaml\n(.*?)\n```$/gms)].map((found) => found[1] ?? '');
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(reviewPlugin(type, parse(block))).toMatchObject({ problems: [], warnings: [] });
  });
});

function page(name: string): string {
  return readFileSync(join(ROOT, 'docs', name), 'utf8');
}
