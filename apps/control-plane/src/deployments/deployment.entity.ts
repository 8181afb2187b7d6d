/** What is live where: the version of an API that a stage serves. */
import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('deployments')
export class Deployment {
  @PrimaryColumn('text', { name: 'api_id' })
  apiId!: string;

  @PrimaryColumn('text')
  stage!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  @Column('text')
  version!: string;

  /** The n of the chunk `apis:<group>:<n>` that carries it. */
  @Column('integer', { name: 'chunk_number' })
  chunkNumber!: number;

  @Column('timestamptz', { name: 'deployed_at' })
  deployedAt!: Date;
}
