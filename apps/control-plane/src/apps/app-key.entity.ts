/** A key pair of an app: what it signs its calls with. */
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('app_keys')
export class AppKey {
  /** Unique in the whole deployment: it is how a call names its app. */
  @PrimaryColumn('text')
  key!: string;

  @Column('bigint', { name: 'app_id' })
  appId!: string;

  /** Sealed with the master key at `storedPaths.appSecret`. */
  @Column('text')
  secret!: string;

  /** Until when the secret before the last rotation verifies too; null without one. Its value is read by SQL only. */
  @Column('timestamptz', { name: 'previous_until', nullable: true })
  previousUntil!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
