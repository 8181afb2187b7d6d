/** A contributor follows libs/plugins/README.md literally: the five steps make a plugin type that acts, and touch nothing else. */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { namedBlocks } from '@causeway/docs/blocks';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Checkout, copyCheckout } from './harness/checkout.js';
import { type Gateway, startGateway } from './harness/gateway.js';
import { createScenario } from './harness/scenario.js';

const page = readFileSync(new URL('../../../libs/plugins/README.md', import.meta.url), 'utf8');
const blocks = namedBlocks(page.split('## How to write a plugin')[1] ?? '');
/** Files of the repository, as against what is only run and printed. */
const files = [...blocks].filter(([name]) => name.includes('/'));

let checkout: Checkout;
let gateway: Gateway | undefined;

beforeAll(async () => {
  checkout = await copyCheckout();
  for (const [path, text] of files) {
    const language = new RegExp(`^\`\`\`(\\w+) ${path}$`, 'm').exec(page)?.[1];
    await (language === 'diff' ? checkout.change(path, text) : checkout.create(path, text));
  }
}, 120_000);
afterAll(async () => {
  await gateway?.stop();
  await checkout?.remove();
}, 60_000);

it('the text makes one file with its spec, and changes two lists and the page for owners', () => {
  expect(files.map(([path]) => path)).toEqual([
    'libs/plugins/src/required-header.ts',
    'libs/contract/src/plugin-types.ts',
    'libs/plugins/src/list.ts',
    'libs/plugins/src/required-header.spec.ts',
    'docs/plugins.md',
  ]);
});

it('all of it compiles, the spec passes, and so do those that hold every type to its promises', async () => {
  await checkout.run('tsc', ['-b', 'libs/engine']);
  await checkout.run('node', ['apps/docs/dist/main.js']);
  expect(await checkout.read('docs/reference/plugins.md')).toContain('## requiredHeader\n');
  const specs = ['required-header', 'list', 'summaries', 'wrong-configs'].map((name) => `libs/plugins/src/${name}.spec.ts`);
  const ofPages = ['examples', 'pages', 'citations'].map((name) => `apps/docs/src/${name}.spec.ts`);
  const told = await checkout.run('jest', ['--selectProjects', 'unit', '--verbose', '--runTestsByPath', ...specs, ...ofPages], {
    NODE_OPTIONS: '--experimental-vm-modules',
  });
  expect(told).toMatch(/a configuration of the type requiredHeader/);
  expect(told).toMatch(/^Test Suites: 7 passed, 7 total$/m);
}, 180_000);

const itWithCurl = hasCurl() ? it : it.skip;

itWithCurl(
  'it is tried out, bound, and acts on requests as the text says',
  async () => {
    gateway = await startGateway({ apps: `${checkout.folder}/apps/` });
    const { publicPort } = await gateway.startDataPlane();
    const { host } = await createScenario(gateway);
    const { url, token } = gateway.management;
    const { stdout } = await promisify(execFile)('sh', ['-c', blocks.get('try.sh') ?? ''], {
      env: { PATH: process.env.PATH ?? '', MANAGEMENT: url, TOKEN: token, GATEWAY: `http://${host}:${publicPort}` },
    });
    expect(stdout).toBe(`${blocks.get('try.out')}\n`);
  },
  120_000,
);

function hasCurl(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v curl'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('curl is missing: the last step of libs/plugins/README.md was not taken');
    return false;
  }
}
