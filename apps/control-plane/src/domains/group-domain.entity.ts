/** A custom domain of a group. */
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('group_domains')
export class GroupDomain {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'group_id' })
  groupId!: string;

  /** Canonical; `*.` first in a wildcard. */
  @Column('text')
  domain!: string;

  @Column('text')
  type!: 'internet' | 'intranet';

  /** Null: as `X-Ca-Stage` says. */
  @Column('text', { nullable: true })
  stage!: string | null;

  @Column('jsonb')
  patterns!: readonly string[];

  /** Null: TLS does not serve it. */
  @Column('text', { name: 'certificate_id', nullable: true })
  certificateId!: string | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;
}
