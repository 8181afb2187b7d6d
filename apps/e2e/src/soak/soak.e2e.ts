/** Two minutes of traffic, edits and faults at random end without a wrong answer. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { postgresUrl } from '@causeway/test-stores';
import { describe, expect, it } from '@jest/globals';
import { hasRedisServer } from '../faults/kit/own-redis.js';

const MAIN = fileURLToPath(new URL('../../dist/soak/main.js', import.meta.url));

// One order of faults for all test runs: others are for `npm run soak`.
const ARGUMENTS = ['--minutes', '2', '--seed', '20261122'];

const stories = hasRedisServer && postgresUrl ? describe : describe.skip;

stories('a soak of two minutes', () => {
  it('ends with success', async () => {
    const soak = spawn(process.execPath, [MAIN, ...ARGUMENTS], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    for (const stream of [soak.stdout, soak.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
    const code = await new Promise((resolve) => soak.once('close', resolve));
    const told = Buffer.concat(output).toString('utf8');
    process.stderr.write(told);
    expect({ code, told }).toMatchObject({ code: 0, told: expect.stringMatching(/wrong answers +0\n/) });
  }, 600_000);
});
