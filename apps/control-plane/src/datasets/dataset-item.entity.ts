/** A value in a dataset. */
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

@Entity('dataset_items')
export class DatasetItem {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'dataset_id' })
  datasetId!: string;

  /** Of a type whose values are secrets sealed with the master key at `storedPaths.datasetItem`. */
  @Column('text')
  value!: string;

  /** Equal for equal values of a dataset. */
  @Column('text')
  digest!: string;

  @Column('text')
  description!: string;

  /** Null: never. */
  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
