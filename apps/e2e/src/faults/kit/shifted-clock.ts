/**
 * Loaded into a service before it starts (`--import`): its wall clock is off by what a file says, ms, read at the start and again at
 * SIGUSR2. Timers and the monotonic clock are as ever, as when a real clock is set.
 */
import { readFileSync } from 'node:fs';

const file = process.env.SHIFTED_CLOCK_FILE ?? '';
let offMs = 0;

function read(): void {
  offMs = Number(readFileSync(file, 'utf8'));
  process.stderr.write(`the clock is off by ${offMs} ms\n`);
}

const now = Date.now.bind(Date);
class ShiftedDate extends Date {
  constructor(...given: [] | [number | string | Date]) {
    // As `Date` itself, with whatever it is given.
    if (given.length === 0) super(now() + offMs);
    else super(...given);
  }
  static override now(): number {
    return now() + offMs;
  }
}
globalThis.Date = ShiftedDate as DateConstructor;
process.on('SIGUSR2', read);
read();
