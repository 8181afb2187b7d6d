/** A row as the management API shows it: never with its key. */
import type { CertificateSummary, CertificateView } from './certificate.dto.js';
import type { Certificate } from './certificate.entity.js';

type SummaryRow = Pick<Certificate, 'id' | 'name' | 'description' | 'leaf' | 'createdAt' | 'updatedAt'>;

export function summaryOf({ id, name, description, leaf, createdAt, updatedAt }: SummaryRow): CertificateSummary {
  return { id, name, description, ...leaf, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

export function showCertificate(row: Omit<Certificate, 'privateKey'>): CertificateView {
  const { certificate, caCertificate, verifyDepth, passClientSubject } = row;
  return { ...summaryOf(row), certificate, caCertificate, verifyDepth, passClientSubject };
}
