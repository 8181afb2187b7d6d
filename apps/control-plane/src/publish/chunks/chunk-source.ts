/** What every builder of chunks needs: the rows, whose instance, and the two ways secrets are sealed. */
import type { EntityManager } from 'typeorm';

export interface ChunkSource {
  /** Of a transaction: all chunks of one publication come from one state of the rows. */
  readonly manager: EntityManager;
  readonly instanceId: string;
  /** `CAUSEWAY_DOMAIN_SUFFIX`. */
  readonly domainSuffix: string;
  /** Opens what the store holds sealed with the master key. */
  openStored(path: string, sealed: string): string;
  /** Seals with the instance's key; equal path and text give equal bytes. */
  seal(path: string, plaintext: string): string;
}

/** Where a value sealed with the master key stands in the store: sealing binds it there. */
export const storedPaths = {
  hopKey: 'deployment/hopKey',
  codeHashKey: 'deployment/codeHashKey',
  appSecret: (key: string) => `app/${key}/secret`,
  previousAppSecret: (key: string) => `app/${key}/previous-secret`,
  appCode: (codeId: string) => `app-code/${codeId}`,
  certificateKey: (certificateId: string) => `certificate/${certificateId}/private-key`,
  datasetItem: (itemId: string) => `dataset-item/${itemId}/value`,
  pluginConfig: (pluginId: string) => `plugin/${pluginId}/config`,
} as const;
