import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { commandLine, processTree } from './proc.js';
import { start, stopAll } from './programs.js';

describe('start', () => {
  it('ends what it started, with everything below it', async () => {
    const shell = start('sh', ['-c', 'sleep 300 & echo ready >&2; wait'], { core: null });
    while (shell.complaints() !== 'ready') await later(5);
    const tree = processTree(shell.pid);
    expect(tree).toHaveLength(2);
    await stopAll();
    expect(shell.hasEnded()).toBe(true);
    expect(tree.map(commandLine).join('')).toBe('');
  });

  it('keeps the last complaints of a program that fails', async () => {
    const program = start('sh', ['-c', 'echo no such port >&2; exit 3'], { core: null });
    while (!program.hasEnded()) await later(5);
    expect(program.complaints()).toBe('no such port');
  });

  it('reports a program that does not exist as ended', async () => {
    const program = start('no-such-program', [], { core: null });
    expect(program.hasEnded()).toBe(true);
    await program.stop();
  });
});
