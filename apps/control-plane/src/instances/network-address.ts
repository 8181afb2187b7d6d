/** Host names, addresses and endpoints as operators write them. */
import { isIP } from 'node:net';
import { ValidateBy } from 'class-validator';

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
const HOST_NAME = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`, 'i');
const ENDPOINT = /^(\[[^\]]{1,45}\]|[^:]{1,253}):([1-9][0-9]{0,4})$/;

/** A host name, also an international one in its ASCII form. */
export function isHostName(value: unknown): value is string {
  return typeof value === 'string' && HOST_NAME.test(value);
}

/** A host name or an IP address, without brackets. */
export function isAddress(value: unknown): value is string {
  return isHostName(value) || (typeof value === 'string' && isIP(value) !== 0);
}

/** `host:port`; an IPv6 address stands in brackets. */
export function isEndpoint(value: unknown): value is string {
  const [, host = '', port = ''] = typeof value === 'string' ? (ENDPOINT.exec(value) ?? []) : [];
  const known = host.startsWith('[') ? isIP(host.slice(1, -1)) === 6 : isHostName(host);
  return known && Number(port) <= 65_535;
}

/** One of the checks above as a rule on a field. */
export function Is(check: (value: unknown) => boolean, message: string): PropertyDecorator {
  return ValidateBy({ name: check.name, validator: { validate: check, defaultMessage: () => message } });
}
