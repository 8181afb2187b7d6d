/** `npm run soak -- --minutes N [--seed S]`: traffic, edits and faults at random, until the time is over; fails on any answer that is wrong. */
import { setTimeout as delay } from 'node:timers/promises';
import { both } from '../faults/both.js';
import { FAULTS } from '../faults/faults.js';
import { setScene } from '../faults/kit/scene.js';
import { type Fault, tell, withstand } from '../faults/kit/withstand.js';
import { takeSample } from './census.js';
import { readOptions } from './options.js';
import { randomNumbers } from './random.js';
import { problems, type Tally, table } from './tally.js';

/** Samples of a run, and one at each end. */
const SAMPLES = 12;
/** A fault lasts up to this much longer than what is awaited in it, ms. */
const LINGER_MS = 4000;

const options = readOptions(process.argv.slice(2));
if (typeof options === 'string') {
  console.error(options);
  process.exit(2);
}
if (!process.env.DATABASE_URL) {
  console.error('DATABASE_URL must name a Postgres server: the run makes a database of its own there, and drops it');
  process.exit(2);
}
console.log(`seed ${options.seed}, ${options.minutes} minutes`);
const random = randomNumbers(options.seed);
const scene = await setScene({ controlPlanes: 2, nodes: 2 });
const begun = performance.now();
const seconds = (): number => (performance.now() - begun) / 1000;
const tally: Tally = { observed: [], samples: [await takeSample(scene.bed, 0)] };
let problem: unknown;
try {
  while (seconds() < options.minutes * 60) {
    const seen = await withstand(scene, lingering(next()));
    tell(seen);
    tally.observed.push(seen);
    if (seconds() >= (tally.samples.length * options.minutes * 60) / SAMPLES)
      tally.samples.push(await takeSample(scene.bed, seconds()));
  }
  tally.samples.push(await takeSample(scene.bed, seconds()));
} catch (error) {
  problem = error;
} finally {
  await scene.bed.stop();
}
const found = [...problems(tally), ...(problem ? [`the run broke off: ${problem}`] : [])];
console.log(`\n${table(tally)}`);
for (const each of found) console.log(`FAILED: ${each}`);
process.exit(found.length === 0 ? 0 : 1);

/** Every third time two at once, which do not touch the same part. */
function next(): Fault {
  const first = FAULTS[random(FAULTS.length)] as Fault;
  const others = FAULTS.filter(({ touches }) => !touches.some((part) => first.touches.includes(part)));
  return others.length > 0 && random(3) === 0 ? both(first, others[random(others.length)] as Fault) : first;
}

function lingering(fault: Fault): Fault {
  const ms = random(LINGER_MS);
  return {
    ...fault,
    async heal(bed) {
      await delay(ms);
      await fault.heal(bed);
    },
  };
}
