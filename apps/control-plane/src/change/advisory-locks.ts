/** The advisory locks of the control plane, in one place so that no two mean the same number. */

/** Keeps them apart from those of other programs on the same server. */
const SPACE = 4801;

const lock = (call: string, n: number) => `SELECT ${call}(${SPACE}, ${n}) AS taken`;

/** Held shared by writes on all instances, so that the birth of one, which holds it alone, is missed by none. */
export const EVERY_INSTANCE_LOCK = lock('pg_advisory_xact_lock_shared', 1);
export const NEW_INSTANCE_LOCK = lock('pg_advisory_xact_lock', 1);
/** Held by writes that make internal calls: of two that each close half of a loop, the second sees the first. */
export const LOOP_LOCK = lock('pg_advisory_xact_lock', 2);
/** Held by writes that bring a domain or a base path to an instance: of two that collide, the second sees the first. */
export const DOMAIN_LOCK = lock('pg_advisory_xact_lock', 3);
/** Tried by whoever chains audit events: one control plane at a time. */
export const AUDIT_CHAIN_LOCK = lock('pg_try_advisory_xact_lock', 4);
/** Tried by whoever forgets old revisions: one control plane at a time. */
export const FORGET_LOCK = lock('pg_try_advisory_xact_lock', 5);
