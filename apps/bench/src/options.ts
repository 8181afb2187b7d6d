/** The options of `npm run bench`. */
import { parseArgs } from 'node:util';
import { CONTENDERS, type Contender } from './contenders.js';
import { MEASUREMENTS, type Measurement } from './measurements/list.js';
import { SECTION_TITLES, type Section } from './sections.js';

export interface Options {
  contenders: readonly Contender[];
  measurements: readonly Measurement[];
  seconds: number;
  rounds: number;
  quick: boolean;
}

/** @returns the options, or the text that says what is wrong with them */
export function readOptions(args: readonly string[]): Options | string {
  let values: { only?: string; seconds?: string; rounds?: string; quick?: boolean };
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        seconds: { type: 'string' },
        rounds: { type: 'string' },
        quick: { type: 'boolean' },
      },
    }));
  } catch (error) {
    return `${(error as Error).message}\n${USAGE}`;
  }
  const quick = values.quick ?? false;
  // many short rounds: a bad moment of the machine spoils one of them, and neighbours in time are compared
  const seconds = Number(values.seconds ?? (quick ? 1 : 2));
  const rounds = Number(values.rounds ?? (quick ? 3 : 11));
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600) return '--seconds must be a whole number from 1 to 600';
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) return '--rounds must be a whole number from 1 to 100';
  const choice = chosen(values.only);
  return typeof choice === 'string' ? choice : { ...choice, seconds, rounds, quick };
}

const USAGE = 'Usage: npm run bench -- [--only <name or section>,…] [--seconds <n>] [--rounds <n>] [--quick]';

function chosen(only: string | undefined): Pick<Options, 'contenders' | 'measurements'> | string {
  if (only === undefined) return { contenders: CONTENDERS, measurements: MEASUREMENTS };
  const wanted = only.split(',').map((name) => name.trim());
  const isWanted = (one: { name?: string; section: Section }) => wanted.includes(one.section) || wanted.includes(one.name ?? '');
  const unknown = wanted.filter((name) => !(name in SECTION_TITLES) && !CONTENDERS.some((one) => one.name === name));
  if (unknown.length > 0) {
    return [
      `Nothing is called ${unknown.join(', ')}.`,
      `Sections: ${Object.keys(SECTION_TITLES).join(', ')}`,
      `Contenders: ${CONTENDERS.map((one) => one.name).join(', ')}`,
    ].join('\n');
  }
  return { contenders: CONTENDERS.filter(isWanted), measurements: MEASUREMENTS.filter(isWanted) };
}
