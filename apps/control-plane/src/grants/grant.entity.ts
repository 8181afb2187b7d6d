/** Permission of an app to call an API in a stage. */
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('grants')
export class Grant {
  @PrimaryColumn('text')
  id!: string;

  /** That of the API, which alone makes and revokes it. */
  @Column('text', { name: 'account_id' })
  accountId!: string;

  @Column('text', { name: 'app_account_id' })
  appAccountId!: string;

  @Column('bigint', { name: 'app_id' })
  appId!: string;

  @Column('text', { name: 'api_id' })
  apiId!: string;

  @Column('text')
  stage!: string;

  /** Null: never. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('text')
  description!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
