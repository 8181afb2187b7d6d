/** What the limits on callers need from the settings of the process; the application module provides it. */

export interface Limit {
  /** 0: none. */
  readonly count: number;
  /** Length of the window in which it is counted. */
  readonly seconds: number;
}

export abstract class LimitSettings {
  /** `REDIS_URL`; without it each control plane counts for itself. */
  abstract readonly redisUrl: string | null;
  /** `CAUSEWAY_REDIS_PREFIX`. */
  abstract readonly redisPrefix: string;
  /** `CAUSEWAY_MANAGEMENT_TRUSTED_PROXIES`, each fit for `parseBlock`. */
  abstract readonly trustedProxies: readonly string[];
  /** `CAUSEWAY_LIMITS_FAILED_TOKENS` from an address. */
  abstract readonly failedTokens: Limit;
  /** `CAUSEWAY_LIMITS_TOKEN_REQUESTS` of a token. */
  abstract readonly tokenRequests: Limit;
}
