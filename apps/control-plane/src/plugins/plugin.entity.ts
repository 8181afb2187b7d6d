/** A plugin's row. */
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

@Entity('plugins')
export class Plugin {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'account_id' })
  accountId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  type!: string;

  /** The text as its owner wrote it, sealed with the master key at `storedPaths.pluginConfig`. */
  @Column('text')
  config!: string;

  /** The app that the configuration names in place of a key pair, by its id; null: none. */
  @Column('bigint', { name: 'app_id', nullable: true })
  appId!: string | null;

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @UpdateDateColumn({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;
}
