/** A dedicated gateway: what its data planes are and know. */
import type { HTTPS_POLICIES, InstanceChunk } from '@causeway/contract';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** The instance that groups and data planes get when they name none; it is always there. */
export const DEFAULT_INSTANCE = 'default';

export type HttpsPolicy = (typeof HTTPS_POLICIES)[number];

export const DEFAULT_HTTPS_POLICY: HttpsPolicy = 'HTTPS2_TLS1_2';

export interface StoredDnsEntry {
  readonly host: string;
  readonly records: ReadonlyArray<{ readonly address: string; readonly port?: number; readonly weight?: number }>;
}

/** By address family; a family that is absent is open to every client. */
export type StoredAccessList = Partial<
  Record<'ipv4' | 'ipv6', { readonly mode: 'allow' | 'deny'; readonly blocks: readonly string[] }>
>;

/** What has no effect, and is kept for those who bring it. */
export interface KeptInstanceFields {
  readonly spec?: string;
  readonly intranetSegments?: readonly string[];
  readonly maintenance?: { readonly start: string; readonly end: string };
}

/** Its `revision` is not here: the door alone reads and raises it. */
@Entity('instances')
export class Instance {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ name: 'account_id', type: 'text' })
  accountId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', default: '' })
  description!: string;

  @Column({ type: 'text' })
  region!: string;

  @Column({ name: 'https_policy', type: 'text' })
  httpsPolicy!: HttpsPolicy;

  @Column({ type: 'boolean', default: false })
  ipv6!: boolean;

  @Column({ name: 'egress_ipv6', type: 'boolean', default: false })
  egressIpv6!: boolean;

  @Column({ type: 'jsonb' })
  kept!: KeptInstanceFields;

  /** `host:port` of its internal listener as siblings reach it. */
  @Column({ name: 'internal_endpoint', type: 'text', nullable: true })
  internalEndpoint!: string | null;

  @Column({ name: 'calls_from_gateway', type: 'boolean', default: false })
  callsFromGateway!: boolean;

  @Column({ name: 'private_dns', type: 'jsonb' })
  privateDns!: readonly StoredDnsEntry[];

  @Column({ name: 'access_list', type: 'jsonb' })
  accessList!: StoredAccessList;

  /** Requests a second; null: no limit. */
  @Column({ name: 'traffic_limit', type: 'integer', nullable: true })
  trafficLimit!: number | null;

  @Column({ name: 'hop_ids', type: 'jsonb' })
  hopIds!: InstanceChunk['hopIds'];

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
