/** Rows -> `certificate:<id>` chunks: the certificates that domains of groups on the instance name, their keys sealed anew. */
import { type CertificateChunk, chunkKeys, sealedPaths } from '@causeway/contract';
import { type ChunkSource, storedPaths } from './chunk-source.js';

interface Row {
  id: string;
  certificate: string;
  private_key: string;
  ca_certificate: string | null;
  verify_depth: number | null;
  pass_client_subject: boolean;
}

export async function buildCertificateChunks(source: ChunkSource, ids: readonly string[]): Promise<[string, CertificateChunk][]> {
  const rows: Row[] = await source.manager.query(
    `SELECT c.id, c.certificate, c.private_key, c.ca_certificate, c.verify_depth, c.pass_client_subject
     FROM certificates c
     WHERE c.id = ANY($2) AND EXISTS (SELECT 1 FROM group_domains d WHERE d.certificate_id = c.id AND d.instance_id = $1)`,
    [source.instanceId, ids],
  );
  return rows.map(({ id, certificate, private_key, ca_certificate, verify_depth, pass_client_subject }) => [
    chunkKeys.certificate(id),
    {
      kind: 'certificate',
      id,
      certificate,
      privateKey: source.seal(sealedPaths.certificateKey(id), source.openStored(storedPaths.certificateKey(id), private_key)),
      clientCa:
        ca_certificate === null || verify_depth === null ? null : { certificate: ca_certificate, verifyDepth: verify_depth },
      passClientSubject: pass_client_subject,
    },
  ]);
}
