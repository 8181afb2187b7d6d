/** Values that stand somewhere else as plain numbers, read when somebody scrapes. */
import { Counter, Gauge, type Registry } from 'prom-client';

type Labels = Readonly<Record<string, string>>;
/** One for each series; none says nothing. */
export type Values = Iterable<readonly [labels: Labels, value: number]>;

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly string[];
}

/** @param read may ask the store, and must not reject */
export function exportGauge(
  registry: Registry,
  { labelNames = [], ...described }: Described,
  read: () => Values | Promise<Values>,
): void {
  new Gauge({
    labelNames,
    ...described,
    registers: [registry],
    async collect() {
      const values = await read();
      this.reset();
      // Without labels a reset leaves a zero, which nobody has read.
      if (labelNames.length === 0) this.remove();
      for (const [labels, value] of values) this.set(labels, value);
    },
  });
}

export function exportCounter(registry: Registry, described: Described, read: () => Values): void {
  new Counter({
    labelNames: [],
    ...described,
    registers: [registry],
    collect() {
      this.reset();
      for (const [labels, value] of read()) this.inc(labels, value);
    },
  });
}
