/** Certificates as the management API takes and shows them. */
import { ApiProperty, ApiPropertyOptional, IntersectionType, PickType } from '@nestjs/swagger';
import { IsBoolean, IsInt, IsString, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { Optional } from '../http/optional.js';
import { PageQuery } from '../http/page.js';
import { PLAIN_TEXT, PLAIN_TEXT_RULE } from '../http/plain-text.js';
import { WriteAnswer } from '../http/write-answer.js';

const NAME = /^[A-Za-z0-9\u4e00-\u9fff._-]{1,128}$/;
const NAME_RULE = 'must be 1 to 128 letters, digits, ., _ or -';
const PEM_AT_MOST = 65_536;
const KEY_AT_MOST = 16_384;
const KEY_RULE =
  'PEM, not encrypted: RSA with 2048 to 4096 bits, EC with P-256, P-384 or P-521, or Ed25519. Sealed, and never shown again.';
const PEM_EXAMPLE = '-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n';

class CertificateFields {
  @ApiProperty({ description: '1 to 128 letters, digits, `.`, `_` or `-`; unique in the account.', example: 'shop-2026' })
  @Matches(NAME, { message: NAME_RULE })
  name!: string;

  @ApiPropertyOptional({ maxLength: 180 })
  @Optional()
  @IsString()
  @MaxLength(180)
  @Matches(PLAIN_TEXT, { message: PLAIN_TEXT_RULE })
  description?: string;

  @ApiProperty({
    description: 'PEM: the server’s certificate, then those that issued it, each issued by the one behind it; 10 at most.',
    maxLength: PEM_AT_MOST,
    example: PEM_EXAMPLE,
  })
  @IsString()
  @MinLength(1)
  @MaxLength(PEM_AT_MOST)
  certificate!: string;

  @ApiPropertyOptional({
    description: 'PEM of the CAs whose clients may come, for mutual TLS; 50 at most. Left out: clients show no certificate.',
    maxLength: PEM_AT_MOST,
    example: PEM_EXAMPLE,
  })
  @Optional()
  @IsString()
  @MinLength(1)
  @MaxLength(PEM_AT_MOST)
  caCertificate?: string;

  @ApiPropertyOptional({
    minimum: 1,
    maximum: 9,
    description: 'How many CAs may stand in a client’s chain; with `caCertificate` only. Default: 1.',
  })
  @Optional()
  @IsInt()
  @Min(1)
  @Max(9)
  verifyDepth?: number;

  @ApiPropertyOptional({
    default: false,
    description: 'Hands the subject of a client’s certificate to the backend as `X-Client-S-Dn`; with `caCertificate` only.',
  })
  @Optional()
  @IsBoolean()
  passClientSubject?: boolean;
}

export class CertificateBody extends CertificateFields {
  @ApiProperty({ description: KEY_RULE, maxLength: KEY_AT_MOST, writeOnly: true })
  @IsString()
  @MinLength(1)
  @MaxLength(KEY_AT_MOST)
  privateKey!: string;
}

export class CertificateChange extends CertificateFields {
  @ApiPropertyOptional({ description: `${KEY_RULE} Left out, the key stays.`, maxLength: KEY_AT_MOST, writeOnly: true })
  @Optional()
  @IsString()
  @MinLength(1)
  @MaxLength(KEY_AT_MOST)
  privateKey?: string;
}

export class CertificatesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'The certificate of this name.' })
  @Optional()
  @Matches(NAME, { message: NAME_RULE })
  name?: string;
}

export class CertificateView {
  @ApiProperty({ example: '5d41402abc4b2a76b9719d911017c592' })
  id!: string;

  @ApiProperty({ example: 'shop-2026' })
  name!: string;

  @ApiProperty()
  description!: string;

  @ApiProperty({ description: 'PEM, the server’s certificate first.', example: PEM_EXAMPLE })
  certificate!: string;

  @ApiProperty({ type: String, nullable: true, description: 'PEM; null: clients show no certificate.' })
  caCertificate!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null without `caCertificate`.' })
  verifyDepth!: number | null;

  @ApiProperty()
  passClientSubject!: boolean;

  @ApiProperty({ example: 'CN=shop.example.com' })
  subject!: string;

  @ApiProperty({ example: 'C=US, O=Example, CN=Example CA' })
  issuer!: string;

  @ApiProperty({ example: '04A1B2' })
  serialNumber!: string;

  @ApiProperty({ type: [String], description: 'DNS names that the certificate is for.', example: ['shop.example.com'] })
  hostNames!: readonly string[];

  @ApiProperty({ example: '2026-11-01T00:00:00.000Z' })
  validFrom!: string;

  @ApiProperty({ example: '2027-01-30T00:00:00.000Z' })
  validTo!: string;

  @ApiProperty({ description: 'SHA-256 of the server’s certificate.', example: 'AB:CD:EF' })
  fingerprint!: string;

  @ApiProperty({ example: 'RSA 2048' })
  keyAlgorithm!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ example: '2026-11-22T12:00:00.000Z' })
  updatedAt!: string;
}

/** Without the certificates themselves. */
export class CertificateSummary extends PickType(CertificateView, [
  'id',
  'name',
  'description',
  'subject',
  'issuer',
  'serialNumber',
  'hostNames',
  'validFrom',
  'validTo',
  'fingerprint',
  'keyAlgorithm',
  'createdAt',
  'updatedAt',
]) {}

export class CertificatePage {
  @ApiProperty({ type: [CertificateSummary] })
  items!: CertificateSummary[];

  @ApiProperty({ type: String, nullable: true, description: 'Cursor of the next page.' })
  next!: string | null;
}

export class WrittenCertificate extends IntersectionType(CertificateView, WriteAnswer) {}
