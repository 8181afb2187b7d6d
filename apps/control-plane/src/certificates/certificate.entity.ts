/** A certificate of an account with its private key, which domains are served with. */
import { Column, CreateDateColumn, Entity, PrimaryColumn, UpdateDateColumn } from 'typeorm';
import type { LeafFacts } from './leaf-facts.js';

@Entity('certificates')
export class Certificate {
  @PrimaryColumn('text')
  id!: string;

  @Column('text', { name: 'account_id' })
  accountId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  /** PEM, the leaf first. */
  @Column('text')
  certificate!: string;

  /** PKCS #8 in PEM, sealed at `storedPaths.certificateKey`. */
  @Column('text', { name: 'private_key' })
  privateKey!: string;

  /** PEM; null: clients show no certificate. */
  @Column('text', { name: 'ca_certificate', nullable: true })
  caCertificate!: string | null;

  /** With `caCertificate`, and only then. */
  @Column('integer', { name: 'verify_depth', nullable: true })
  verifyDepth!: number | null;

  @Column('boolean', { name: 'pass_client_subject' })
  passClientSubject!: boolean;

  @Column('jsonb')
  leaf!: LeafFacts;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz' })
  createdAt!: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz' })
  updatedAt!: Date;
}
