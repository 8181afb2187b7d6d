/** A plugin on an API or on a whole group, in a stage. */
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('plugin_bindings')
export class PluginBinding {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'plugin_id' })
  pluginId!: string;

  @Column('text')
  type!: string;

  @Column('text')
  stage!: string;

  /** Null where it covers a group. */
  @Column('text', { name: 'api_id', nullable: true })
  apiId!: string | null;

  /** Null where it covers an API. */
  @Column('text', { name: 'group_id', nullable: true })
  groupId!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
