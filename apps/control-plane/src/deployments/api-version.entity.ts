/** An immutable copy of a draft, made by a deployment. */
import type { ApiDefinition } from '@causeway/contract';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('api_versions')
export class ApiVersion {
  @PrimaryColumn('text', { name: 'api_id' })
  apiId!: string;

  /** 17 digits: yyyyMMddHHmmssSSS in UTC. */
  @PrimaryColumn('text')
  version!: string;

  @Column('text')
  stage!: string;

  @Column('jsonb')
  definition!: ApiDefinition;

  @Column('text')
  description!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
