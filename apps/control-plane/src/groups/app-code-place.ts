/** Where a group may say that AppCodes come (wire contract 3). */
import { isWritableHeader } from '@causeway/contract';
import { type FieldError, malformed, refused } from '../http/problem.js';
import type { GroupAppCode } from './group.entity.js';

/** Read for something else; an AppCode in one of them would be taken for that, or spoil it. */
const TAKEN_HEADER = /^(?:authorization|accept|cookie|date|content-.*)$/i;
/** What needs no encoding in a query (RFC 3986), so that it is told apart byte for byte. */
const QUERY_NAME = /^[A-Za-z0-9._~-]+$/;

/** 400 for half a place, 422 for one that the gateway reads or writes for another purpose. */
export function checkAppCode({ in: place, name }: GroupAppCode): void {
  if (place === undefined && name === undefined) return;
  if (place === undefined || name === undefined) {
    const [missing, given] = place === undefined ? ['in', 'name'] : ['name', 'in'];
    throw malformed([{ path: `appCode.${missing}`, message: `must be given with ${given}, or both left out` }]);
  }
  const message = place === 'header' ? wrongHeader(name) : wrongQuery(name);
  if (message === null) return;
  const errors: FieldError[] = [{ path: 'appCode.name', message }];
  throw refused(errors, 'InvalidAppCodePlace', 'No AppCode can come there.');
}

function wrongHeader(name: string): string | null {
  if (isWritableHeader(name) && !TAKEN_HEADER.test(name)) return null;
  return `is a header with a meaning of its own: take another than ${name}`;
}

function wrongQuery(name: string): string | null {
  return QUERY_NAME.test(name) ? null : 'must hold letters, digits, ., _, ~ and - only in a query';
}
