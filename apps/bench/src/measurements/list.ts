/** What is measured without loading contenders in turn. The place to add one. */
import type { Bed } from '../bed.js';
import type { Section } from '../sections.js';
import type { Verdict } from '../verdicts.js';
import { measureBodies } from './bodies.js';
import { measureCondition } from './condition.js';
import { measureDistribution } from './distribution.js';
import { measureLimits } from './limits.js';
import { measureManage } from './manage.js';
import { measureTokens } from './tokens.js';

export interface Measurement {
  section: Section;
  measure: (bed: Bed, quick: boolean, progress: (line: string) => void) => Promise<Finding>;
}

export interface Finding {
  section: Section;
  /** For people. */
  lines: string[];
  /** For the results file. */
  figures: Readonly<Record<string, number>>;
  verdicts: Verdict[];
}

export const MEASUREMENTS: readonly Measurement[] = [
  { section: 'condition', measure: measureCondition },
  { section: 'tokens', measure: measureTokens },
  { section: 'limits', measure: measureLimits },
  { section: 'bodies', measure: measureBodies },
  { section: 'manage', measure: measureManage },
  { section: 'distribution', measure: measureDistribution },
];
