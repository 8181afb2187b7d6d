/** How much garbage may pile up beside what lives. */
import { setFlagsFromString } from 'node:v8';

/** Of what lives. */
const PERCENT = 20;

/**
 * To be called when a first program runs. While it loads, a collector that comes seldom makes the start short. Later programs take each
 * other's places: left alone, V8 would let about as much as lives pile up of what they leave behind.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${PERCENT}`);
}
