/** The names of everything that both planes touch in Redis. `prefix` is `CAUSEWAY_REDIS_PREFIX`. */

export const redisKeys = {
  /** A chunk's bytes, immutable. */
  chunk: (prefix: string, hash: string) => `${prefix}:chunk:${hash}`,
  /** The newest manifest of an instance, as its JSON text. */
  manifest: (prefix: string, instanceId: string) => `${prefix}:manifest:${instanceId}`,
  /** What changed since the manifest with this hash: a `ManifestChange`. */
  change: (prefix: string, instanceId: string, hash: string) => `${prefix}:change:${instanceId}:${hash}`,
  /** `{epoch, revision, hash}` of that manifest, small enough to poll; only ever raised. */
  head: (prefix: string, instanceId: string) => `${prefix}:head:${instanceId}`,
  /** An instance's name -> its id. */
  instanceName: (prefix: string, name: string) => `${prefix}:instance:${name}`,
  /** The channel on which a new revision is announced as `{epoch, revision}`. */
  doorbell: (prefix: string, instanceId: string) => `${prefix}:${instanceId}`,
  /** A nonce that was used, per AppKey. */
  nonce: (prefix: string, appKey: string, nonce: string) => `${prefix}:nonce:${appKey}:${nonce}`,
  /** Requests of the current second: of a group on an instance, or of `all` there. */
  requests: (prefix: string, instanceId: string, scope: string) => `${prefix}:requests:${instanceId}:${scope}`,
  /** Failures of the calls that a circuit breaker watches, a field for each second. */
  failures: (prefix: string, instanceId: string, breaker: string) => `${prefix}:failures:${instanceId}:${breaker}`,
  /** A counter of a plugin; the number of its window follows. */
  limit: (prefix: string, instanceId: string, counter: string) => `${prefix}:limit:${instanceId}:${counter}`,
  /** Data planes of an instance that are there, by when they last said so. */
  liveNodes: (prefix: string, instanceId: string) => `${prefix}:live-nodes:${instanceId}`,
} as const;
