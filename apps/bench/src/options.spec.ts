import { describe, expect, it } from '@jest/globals';
import { CONTENDERS } from './contenders.js';
import { MEASUREMENTS } from './measurements/list.js';
import { type Options, readOptions } from './options.js';
import { SECTION_TITLES } from './sections.js';

describe('readOptions', () => {
  it('measures everything in eleven rounds of two seconds by default', () => {
    expect(readOptions([])).toEqual({
      contenders: CONTENDERS,
      measurements: MEASUREMENTS,
      seconds: 2,
      rounds: 11,
      quick: false,
    });
  });

  it('takes contenders by name and by section', () => {
    const { contenders } = readOptions(['--only', 'nginx-plain,signed']) as Options;
    expect(contenders.map(({ name }) => name)).toEqual([
      'nginx-plain',
      'causeway-signed',
      'causeway-signed-fixed',
      'nginx-lua-signed',
    ]);
  });

  it('takes measurements by section, without contenders', () => {
    expect(readOptions(['--only', 'condition'])).toMatchObject({ contenders: [], measurements: [{ section: 'condition' }] });
  });

  it('lets numbers win over --quick', () => {
    expect(readOptions(['--quick', '--rounds', '7'])).toMatchObject({ seconds: 1, rounds: 7, quick: true });
  });

  it.each([
    [['--only', 'kong'], 'Nothing is called kong.'],
    [['--seconds', 'soon'], '--seconds must be'],
    [['--rounds', '0'], '--rounds must be'],
    [['--fast'], 'Usage:'],
  ])('says what is wrong with %j', (args, text) => {
    expect(readOptions(args)).toContain(text);
  });
});

describe('the sections', () => {
  it('are all answered by contenders or by a measurement', () => {
    const answered = new Set([...CONTENDERS, ...MEASUREMENTS].map(({ section }) => section));
    expect([...answered]).toEqual(Object.keys(SECTION_TITLES));
  });
});

describe('the contenders', () => {
  it('have names of their own, and one peer in each section', () => {
    expect(new Set(CONTENDERS.map(({ name }) => name)).size).toBe(CONTENDERS.length);
    const sections = new Set(CONTENDERS.map(({ section }) => section));
    for (const section of sections) expect(CONTENDERS.filter((c) => c.section === section && c.isPeer)).toHaveLength(1);
  });
});
