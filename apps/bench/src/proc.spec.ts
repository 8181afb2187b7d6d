import { describe, expect, it } from '@jest/globals';
import { chooseCores } from './cores.js';
import { coreBusyMicroseconds, parseStat, processTree, residentBytes } from './proc.js';

describe('parseStat', () => {
  it('reads parent and times behind a name with blanks and parentheses', () => {
    const stat = '42 (a (b) c) S 7 42 42 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 11 0 12345 1 2';
    expect(parseStat(stat)).toEqual({ parent: 7, cpuMicroseconds: 2_000_000 });
  });
});

describe('coreBusyMicroseconds', () => {
  it('leaves out idle time and waiting for disks', () => {
    const stat = 'cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 9 9 9 9 9 9 9 9 9 9\ncpu1 1 2 3 1000 500 4 5 6 0 0\n';
    expect(coreBusyMicroseconds(1, stat)).toBe(210_000);
  });
});

describe('this machine', () => {
  it('has this process, in its own tree and in memory', () => {
    expect(processTree(process.pid)[0]).toBe(process.pid);
    expect(processTree(process.ppid)).toContain(process.pid);
    expect(residentBytes(process.pid)).toBeGreaterThan(1e6);
  });
});

describe('chooseCores', () => {
  it.each([
    ['0-1', { load: 0, contender: 1 }],
    ['2,5-7', { load: 2, contender: 7 }],
    ['3', null],
  ])('of %s', (list, cores) => {
    expect(chooseCores(`Name:\tnode\nCpus_allowed_list:\t${list}\nMems_allowed:\t1\n`)).toEqual(cores);
  });
});
