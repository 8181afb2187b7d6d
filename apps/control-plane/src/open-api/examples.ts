/** Examples of fields that have none of their own: the same word means the same everywhere. */
import type { OpenAPIObject } from '@nestjs/swagger';
import { eachField, type Field } from './fields.js';

const ID = '5d41402abc4b2a76b9719d911017c592';
const TIME = '2026-11-22T12:00:00.000Z';

const BY_NAME: Record<string, unknown> = {
  id: ID,
  accountId: ID,
  apiId: ID,
  groupId: ID,
  pluginId: ID,
  tokenId: ID,
  requestId: '7d0e2c0e-6d3a-4c1e-9f0c-0d6f4f4b1a11',
  certificateId: ID,
  instanceId: 'apigateway-local-5d41402abc4b',
  appId: '110000001',
  apiIds: [ID],
  appCode: 'a4d5c6b7e8f90123456789abcdef0123',
  code: 'a4d5c6b7e8f90123456789abcdef0123',
  key: 'TESTKEY',
  secret: '******',
  name: 'orders',
  description: 'Orders of the shop',
  message: 'must lie in the future',
  path: 'backend.vpcAccessName',
  stage: 'RELEASE',
  version: '20260304050607089',
  cursor: 'NWQ0MTQwMmFiYzRi',
  next: 'NWQ0MTQwMmFiYzRi',
  value: 'backend1.example.com',
  address: 'http://backend1.example.com:8080',
  host: 'backend1.example.com',
  domain: 'api.example.com',
  region: 'local',
  method: 'GET',
  url: '/orders/7?full=yes',
  body: '{"full": true}',
  basePath: '/orders',
  defaultDomain: 'api.example.com',
  vpcDomain: `${ID}-local-vpc.apigw.localhost`,
  internalDomain: `${ID}-local-intranet.apigw.localhost`,
  internalEndpoint: '10.0.0.5:8081',
  hostHeader: 'orders.internal',
  vpcAccessName: 'orders',
  compatibleFlags: 'none',
  rpcPattern: 'none',
  extend: 'gold',
  resourceId: ID,
  replaced: ID,
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  nodeToken: 'cwn_5d41402abc4b2a76b9719d911017c592',
  privateKey: '-----BEGIN PRIVATE KEY-----\nMIIE...\n-----END PRIVATE KEY-----\n',
  caCertificate: '-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n',
  config: '---\ntype: APIGW_FRONTEND\nkey: TESTKEY\nsecret: ******\n',
  example: '---\ntype: APIGW_FRONTEND\nkey: TESTKEY\nsecret: TESTSECRET\n',
  detail: 'Another API of the group has this method and path.',
  default: 'none',
  pattern: '^[a-z]+$',
  jsonSchema: '{"type": "object"}',
  header: 'X-App-Code',
  query: 'appcode',
  in: 'header',
  route: 'canary',
  rule: 'canary',
  condition: "$version = '2'",
  type: 'routing',
  why: 'GET /orders/7',
};

export function addExamples(document: OpenAPIObject): void {
  eachField(document, (name, field) => {
    if (field.example !== undefined || isSpokenFor(field)) return;
    const example = exampleOf(name, field);
    if (example !== undefined) field.example = example;
  });
}

/** What has values to choose from, a default or parts of its own shows by them what it looks like. */
export function isSpokenFor({ enum: values, default: fallback, properties, items, oneOf, anyOf, allOf, type }: Field): boolean {
  return (
    [values, fallback, properties, items, oneOf, anyOf, allOf].some((each) => each !== undefined) ||
    type === 'boolean' ||
    type === 'object'
  );
}

function exampleOf(name: string, { type, format, minimum }: Field): unknown {
  if (format === 'date-time' || /(?:At|Until)$/.test(name)) return TIME;
  if (type === 'integer' || type === 'number') return Math.max(minimum ?? 1, 1);
  return BY_NAME[name];
}
