/** The options of `npm run bench`. */
import { parseArgs } from 'node:util';
import { CONTENDERS, type Contender } from './contenders.js';

export interface Options {
  contenders: readonly Contender[];
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
  const seconds = Number(values.seconds ?? (quick ? 1 : 4));
  const rounds = Number(values.rounds ?? (quick ? 3 : 5));
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 600) return '--seconds must be a whole number from 1 to 600';
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100) return '--rounds must be a whole number from 1 to 100';
  const contenders = chosen(values.only);
  return typeof contenders === 'string' ? contenders : { contenders, seconds, rounds, quick };
}

const USAGE = 'Usage: npm run bench -- [--only <name or section>,…] [--seconds <n>] [--rounds <n>] [--quick]';

function chosen(only: string | undefined): Contender[] | string {
  if (only === undefined) return [...CONTENDERS];
  const wanted = only.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !CONTENDERS.some((c) => c.name === name || c.section === name));
  if (unknown.length > 0) {
    const sections = [...new Set(CONTENDERS.map((c) => c.section))];
    return [
      `Nothing is called ${unknown.join(', ')}.`,
      `Sections: ${sections.join(', ')}`,
      `Contenders: ${CONTENDERS.map((c) => c.name).join(', ')}`,
    ].join('\n');
  }
  return CONTENDERS.filter((c) => wanted.includes(c.name) || wanted.includes(c.section));
}
