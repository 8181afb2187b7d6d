/** A JSON Schema that describes bodies of a group's APIs. */
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

@Entity('models')
export class Model {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('json')
  schema!: object;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
