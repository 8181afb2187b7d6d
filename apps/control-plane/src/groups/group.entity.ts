/** A group: APIs that share domains, a base path and an instance. */
import type { GroupChunk, UserLog } from '@causeway/contract';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

export interface GroupNetwork {
  /** Reachable from the public listener at all. */
  readonly internet: boolean;
  /** Served on its generated public domain. */
  readonly publicDomain: boolean;
  readonly vpc: boolean;
  /** Absent in rows that are older than the switch. */
  readonly internetIpv6?: boolean;
}

/** Where AppCodes come; empty where the group names no place. */
export interface GroupAppCode {
  readonly in?: 'header' | 'query';
  readonly name?: string;
  readonly keepForBackend?: boolean;
}

/** What has no effect, and is kept for those who bring it. */
export interface KeptGroupFields {
  readonly compatibleFlags?: string;
  readonly rpcPattern?: string;
  readonly rpsLimitForServerless?: number;
}

@Entity('groups')
export class Group {
  @PrimaryColumn({ type: 'text' })
  id!: string;

  @Column({ name: 'account_id', type: 'text' })
  accountId!: string;

  @Column({ name: 'instance_id', type: 'text' })
  instanceId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text', default: '' })
  description!: string;

  @Column({ name: 'base_path', type: 'text', default: '/' })
  basePath!: string;

  @Column({ type: 'jsonb' })
  network!: GroupNetwork;

  /** The name was given once, and stays the group's even while it is switched off. */
  @Column({ name: 'internal_generated', type: 'boolean', default: false })
  internalGenerated!: boolean;

  @Column({ name: 'internal_enabled', type: 'boolean', default: false })
  internalEnabled!: boolean;

  @Column({ name: 'passthrough_headers', type: 'jsonb' })
  passthroughHeaders!: readonly string[];

  @Column({ name: 'app_code', type: 'jsonb' })
  appCode!: GroupAppCode;

  @Column({ type: 'boolean', default: false })
  sse!: boolean;

  @Column({ type: 'boolean', default: false })
  debug!: boolean;

  @Column({ name: 'remove_server_header', type: 'boolean', default: false })
  removeServerHeader!: boolean;

  /** Requests a second; null: no limit. */
  @Column({ name: 'traffic_limit', type: 'integer', nullable: true })
  trafficLimit!: number | null;

  @Column({ name: 'user_log', type: 'jsonb' })
  userLog!: Partial<UserLog>;

  @Column({ name: 'custom_trace', type: 'jsonb', nullable: true })
  customTrace!: NonNullable<GroupChunk['customTrace']> | null;

  @Column({ name: 'default_domain', type: 'text', nullable: true })
  defaultDomain!: string | null;

  @Column({ name: 'vpc_ids', type: 'jsonb' })
  vpcIds!: readonly string[];

  @Column({ type: 'jsonb' })
  kept!: KeptGroupFields;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
