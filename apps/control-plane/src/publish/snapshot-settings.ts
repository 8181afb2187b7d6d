/** What publishing needs from the settings of the process; the application module provides it. */
import type { Keyring } from '@causeway/snapshot';

export abstract class SnapshotSettings {
  /** `CAUSEWAY_MASTER_KEY`. */
  abstract readonly masterKeys: Keyring;
  /** `CAUSEWAY_DOMAIN_SUFFIX`. */
  abstract readonly domainSuffix: string;
  /** `REDIS_URL`; without it data planes follow over HTTP alone. */
  abstract readonly redisUrl: string | null;
  /** `CAUSEWAY_REDIS_PREFIX`. */
  abstract readonly redisPrefix: string;
  /** `CAUSEWAY_NODE_TOKEN`. */
  abstract readonly nodeToken: string;
}
