/** A named upstream of an account, which backends of type HTTP-VPC refer to. */
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';

@Entity('vpc_accesses')
export class VpcAccess {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'account_id' })
  accountId!: string;

  @Column('text')
  name!: string;

  /** `host:port`, an IPv6 address in brackets. */
  @Column('text')
  address!: string;

  /** Null: that of the address. */
  @Column('text', { name: 'host_header', nullable: true })
  hostHeader!: string | null;

  @Column('text')
  description!: string;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
