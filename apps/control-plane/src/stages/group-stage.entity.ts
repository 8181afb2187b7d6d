/** A stage of a group besides the built-in ones, which have no row. */
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('group_stages')
export class GroupStage {
  @PrimaryColumn('text', { name: 'group_id' })
  groupId!: string;

  @PrimaryColumn('text')
  name!: string;

  @Column('text')
  alias!: string;

  @Column('text')
  description!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
