/** What is wrong, or doubtful, with a condition or a parameters map. */

/** A reason to refuse the text on save. Problems are values: nothing here throws. */
export interface Problem {
  /** A sentence with the column, what was expected and what was found. */
  readonly message: string;
  /** Where in the text, from 1, counted in UTF-16 code units. */
  readonly column: number;
  /** What would have been right there, when that can be named. */
  readonly expected?: string;
  /** The entry of the parameters map whose location text is meant; absent when it is the condition. */
  readonly parameter?: string;
}

/** A reason to tell the author, not to refuse. */
export interface Warning {
  readonly code: 'mixed-operators' | 'unknown-variable';
  readonly message: string;
  readonly column: number;
}

/** Bounds of what is accepted (conditions, section 7 and section 1 rule 4). */
export interface Limits {
  /** Length of one expression in UTF-16 code units. */
  readonly length: number;
  /** Groups inside groups. */
  readonly nesting: number;
  /** Entries of a parameters map. */
  readonly parameters: number;
}

export const DEFAULT_LIMITS: Limits = { length: 512, nesting: 32, parameters: 16 };
