/** What compiling needs from outside: nothing here knows of sockets, stores or keys. */
import type { PluginServices } from '@causeway/plugins';

/** Opens text sealed with the instance's key; `path` as in `sealedPaths`. Throws when it was altered or the key is not here. */
export type Open = (path: string, sealed: string) => string;

/** `CaProxy` where the settings say nothing: what backends of the vendor's gateway know. */
export const PROXY_NAME = 'AliCloudApiGateway';

export interface CompileDeps {
  readonly open: Open;
  /** What the deployment calls itself to backends (`CaProxy`); absent: PROXY_NAME. */
  readonly proxyName?: string;
  readonly services: PluginServices;
  /** Wall clock, ms. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** Lets traffic in between two pieces of a long compile. */
  pause(): Promise<void>;
}
