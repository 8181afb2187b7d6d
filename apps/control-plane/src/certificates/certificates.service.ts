/** Certificates: created, read, changed for all domains at once, deleted. */
import { Injectable } from '@nestjs/common';
import { EntityManager, MoreThan, Not } from 'typeorm';
import type { Actor, Change } from '../change/change.js';
import { validateAs } from '../http/document.js';
import { matchOrRefuse } from '../http/etag.js';
import { findOrRefuse } from '../http/find-or-refuse.js';
import { mergePatch } from '../http/merge-patch.js';
import { newId } from '../http/new-id.js';
import { cursorOf, type Page, pageOf } from '../http/page.js';
import { conflict, malformed } from '../http/problem.js';
import { refuseTaken } from '../http/refuse-taken.js';
import type { WriteQuery } from '../http/write-query.js';
import { type WriteOutcome, Writes } from '../http/writes.js';
import { storedPaths } from '../publish/chunks/chunk-source.js';
import { StoredSecrets } from '../secrets/stored-secrets.js';
import {
  type CertificateBody,
  CertificateChange,
  type CertificateSummary,
  type CertificatesQuery,
  type CertificateView,
} from './certificate.dto.js';
import { Certificate } from './certificate.entity.js';
import { refuseInUse, touchUsers, usersOf, warnOfCertificate } from './certificate-users.js';
import { checkCertificate } from './check-certificate.js';
import { showCertificate, summaryOf } from './show-certificate.js';

/** Keys and PEM texts fill the store otherwise. */
const CERTIFICATES_AT_MOST = 1000;

@Injectable()
export class CertificatesService {
  constructor(
    private readonly manager: EntityManager,
    private readonly writes: Writes,
    private readonly secrets: StoredSecrets,
  ) {}

  create(actor: Actor, body: CertificateBody, query: WriteQuery): Promise<CertificateView & WriteOutcome> {
    const { accountId } = actor;
    const id = newId();
    const fields = this.fieldsOf(id, body, body.privateKey);
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      // Two at once would each count the other one out.
      await manager.query('SELECT 1 FROM accounts WHERE id = $1 FOR NO KEY UPDATE', [accountId]);
      await refuseTaken(manager, Certificate, 'DuplicateCertificate', { name: { accountId, name: fields.name } });
      if ((await manager.countBy(Certificate, { accountId })) >= CERTIFICATES_AT_MOST)
        throw conflict('ExceedLimitCertificate', `The account has ${CERTIFICATES_AT_MOST} certificates: delete one first.`);
      await manager.insert(Certificate, { id, accountId, ...fields });
      warnOfCertificate(change, fields, [], 'certificate');
      change.audit('certificate.create', 'certificate', id, { name: fields.name, fingerprint: fields.leaf.fingerprint });
      return showCertificate(await manager.findOneByOrFail(Certificate, { id }));
    });
  }

  async list({ accountId }: Actor, query: CertificatesQuery): Promise<Page<CertificateSummary>> {
    const after = cursorOf(query);
    const { name } = query;
    const rows = await this.manager.find(Certificate, {
      select: { id: true, name: true, description: true, leaf: true, createdAt: true, updatedAt: true },
      where: { accountId, ...(name !== undefined && { name }), ...(after !== null && { id: MoreThan(after) }) },
      order: { id: 'ASC' },
      take: query.limit + 1,
    });
    return pageOf(rows, query, ({ id }) => id, summaryOf);
  }

  async read({ accountId }: Actor, id: string): Promise<CertificateView> {
    return showCertificate(await findOrRefuse(this.manager, Certificate, { id, accountId }, 'certificate'));
  }

  replace(actor: Actor, id: string, body: CertificateChange, tag: string | null, query: WriteQuery) {
    return this.edit(actor, id, tag, query, () => body);
  }

  patch(actor: Actor, id: string, patch: unknown, tag: string | null, query: WriteQuery) {
    return this.edit(actor, id, tag, query, (certificate) =>
      validateAs(CertificateChange, mergePatch(editable(certificate), patch)),
    );
  }

  remove(actor: Actor, id: string, tag: string | null, query: WriteQuery): Promise<WriteOutcome> {
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const { name } = await lock(change, id, tag);
      refuseInUse(await usersOf(manager, id));
      await manager.delete(Certificate, { id });
      change.audit('certificate.delete', 'certificate', id, { name });
      return {};
    });
  }

  /** The domains keep the name of the certificate, so that all of them have the new one at once. */
  private edit(
    actor: Actor,
    id: string,
    tag: string | null,
    query: WriteQuery,
    next: (certificate: Certificate) => CertificateChange,
  ): Promise<CertificateView & WriteOutcome> {
    const { accountId } = actor;
    return this.writes.run(actor, query, async (change) => {
      const { manager } = change;
      const certificate = await lock(change, id, tag);
      const body = next(certificate);
      const key = body.privateKey ?? this.secrets.open(storedPaths.certificateKey(id), certificate.privateKey);
      const fields = this.fieldsOf(id, body, key);
      await refuseTaken(manager, Certificate, 'DuplicateCertificate', { name: { accountId, name: fields.name, id: Not(id) } });
      await manager.update(Certificate, { id }, fields);
      const users = await usersOf(manager, id);
      touchUsers(change, id, users);
      warnOfCertificate(
        change,
        fields,
        users.map(({ domain }) => domain),
        'certificate',
      );
      const { fingerprint } = fields.leaf;
      change.audit('certificate.update', 'certificate', id, { name: fields.name, fingerprint, domains: users.length });
      return showCertificate(await manager.findOneByOrFail(Certificate, { id }));
    });
  }

  private fieldsOf(id: string, body: CertificateChange, key: string) {
    const { name, description = '', certificate, caCertificate = null, passClientSubject = false } = body;
    refuseHalf(body);
    const checked = checkCertificate({ certificate, privateKey: key, caCertificate });
    return {
      ...checked,
      name,
      description,
      privateKey: this.secrets.seal(storedPaths.certificateKey(id), checked.privateKey),
      verifyDepth: checked.caCertificate === null ? null : (body.verifyDepth ?? 1),
      passClientSubject,
    };
  }
}

/** What a merge patch is applied to: the key stays unless a patch brings one. */
function editable({ name, description, certificate, caCertificate, verifyDepth, passClientSubject }: Certificate): object {
  const mutual = caCertificate !== null && { caCertificate, verifyDepth };
  return { name, description, certificate, ...mutual, passClientSubject };
}

/** 400 for what needs the CAs of clients. */
function refuseHalf({ caCertificate, verifyDepth, passClientSubject = false }: CertificateChange): void {
  if (caCertificate !== undefined) return;
  const given = { verifyDepth: verifyDepth !== undefined, passClientSubject };
  const errors = Object.entries(given).flatMap(([path, is]) =>
    is ? [{ path, message: 'is for mutual TLS: name caCertificate' }] : [],
  );
  if (errors.length > 0) throw malformed(errors);
}

async function lock({ manager, actor }: Change, id: string, tag: string | null): Promise<Certificate> {
  const certificate = await findOrRefuse(manager, Certificate, { id, accountId: actor.accountId }, 'certificate', { lock: true });
  matchOrRefuse(tag, showCertificate(certificate));
  return certificate;
}
