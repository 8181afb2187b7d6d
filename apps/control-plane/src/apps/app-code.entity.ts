/** An AppCode: what a call may show in place of a signature. */
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('app_codes')
export class AppCode {
  @PrimaryColumn('text')
  id!: string;

  @Column('bigint', { name: 'app_id' })
  appId!: string;

  /** Sealed with the master key at `storedPaths.appCode`. */
  @Column('text')
  code!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
