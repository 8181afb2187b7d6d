/** What the metrics tell about nonces: plain numbers, read when somebody scrapes. */
export class NonceCounters {
  /** Decided by Redis. */
  shared = 0;
  /** Decided by this process alone. */
  local = 0;
  /** Answered with X503BZ: nobody could tell. */
  unavailable = 0;
  /** Redis gave no answer, a wrong one, or none in time. */
  redisFailures = 0;
  /** Nonces forgotten before their time because the local store was full. */
  forgotten = 0;
}
