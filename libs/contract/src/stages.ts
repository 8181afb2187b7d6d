/** The names of stages (wire contract 1.3). */

/** The stages that every group has. */
export const BUILT_IN_STAGES = ['RELEASE', 'PRE', 'TEST'] as const;

export const DEFAULT_STAGE = 'RELEASE';

/** The form of a stage name, built-in or own. */
export const STAGE_NAME = /^[A-Z0-9]{2,10}$/;
