/** A snapshot compiled for running: immutable, swapped by one assignment. */
import type { SigningKey } from '@causeway/signature';
import type { AccessRule } from './access-rule.js';
import type { AppCodeHolder, Credential } from './authenticate.js';
import type { Compiled } from './compiled.js';
import type { HostTable } from './host-table.js';
import type { LayeredMap } from './layered-map.js';
import type { PathTable } from './path-table.js';
import type { Route } from './route.js';

export interface DnsRecord {
  readonly address: string;
  /** Null: the port of the backend's address. */
  readonly port: number | null;
  readonly weight: number;
}

export interface GroupProgram {
  readonly id: string;
  /** Without the trailing slash: `''` for the base path `/`. */
  readonly basePath: string;
  /** Stages of its own, known though nothing may be live in them. */
  readonly ownStages: ReadonlySet<string>;
  readonly stages: ReadonlyMap<string, PathTable<Route>>;
}

export interface Program {
  readonly epoch: number;
  readonly revision: number;
  readonly instance: {
    readonly id: string;
    readonly name: string;
    readonly region: string;
    readonly suffix: string;
    readonly callsFromGateway: boolean;
    /** Null: everybody may come. */
    readonly mayCome: AccessRule | null;
    /** Requests a second of all groups together; null: no limit. */
    readonly trafficLimit: number | null;
    /** Own id of the `Via` header, per listener role. */
    readonly hopIds: { readonly public: string; readonly internal: string; readonly vpc: string };
    readonly hopKey: SigningKey;
  };
  /** Host of a backend -> what its name stands for here. */
  readonly privateDns: ReadonlyMap<string, readonly DnsRecord[]>;
  /** Group id -> where its internal domain is served in this region; null endpoint: nowhere that siblings can reach. */
  readonly internalDomains: ReadonlyMap<string, { readonly instanceId: string; readonly endpoint: string | null }>;
  /** Generated and custom domains of the public listener. */
  readonly publicHosts: HostTable;
  /** Generated internal domains, and nothing else (wire contract 1.1 rule 6). */
  readonly internalHosts: HostTable;
  /** Public hosts of groups that were moved to another instance. */
  readonly movedHosts: ReadonlySet<string>;
  /** AppKey -> who it is. */
  readonly credentials: LayeredMap<Credential>;
  /** Digest of an AppCode -> whose it is. */
  readonly appCodes: LayeredMap<AppCodeHolder>;
  /** Number of published versions. */
  readonly size: number;
  /** What could not be compiled and answers refusals. */
  readonly quarantine: ReadonlyArray<{ readonly resource: string; readonly message: string }>;
  /** What the next program is made from. */
  readonly compiled: Compiled;
}
