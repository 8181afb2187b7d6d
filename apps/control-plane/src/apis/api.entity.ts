/** An API as its owner edits it: the draft. */
import type { ApiDefinition } from '@causeway/contract';
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

@Entity('apis')
export class Api {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'account_id' })
  accountId!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  @Column('text')
  name!: string;

  @Column('jsonb')
  definition!: ApiDefinition;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
