/** JSON Web Tokens that clients of the old account hold (RFC 7515, HS256). */
import { createHmac } from 'node:crypto';
import { oldId } from './groups.js';

const secret = oldId('token secret');
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const oldTokens = {
  /** As a JSON Web Key has it. */
  key: Buffer.from(secret).toString('base64url'),
  of(sub: string): string {
    const signed = `${encode({ alg: 'HS256', kid: 'old' })}.${encode({ sub })}`;
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  },
};
