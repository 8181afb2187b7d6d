/** The names of domains that the gateway generates for a group (wire contract 1.1). */

/** A group id: 32 lower-case hexadecimal digits, the same in every generated form. */
export const GROUP_ID = /^[0-9a-f]{32}$/;

/** A region id as it may stand in a domain name. It must not make a public name look like an internal one. */
export const REGION = /^(?!.*-(?:intranet|vpc)$)[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;

/** A domain suffix: at least one label, lower case, no leading or trailing dot. */
export const DOMAIN_SUFFIX = /^(?=.{1,150}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

export type GeneratedForm = 'public' | 'internal' | 'vpc';

const MARK: Record<GeneratedForm, string> = { public: '', internal: '-intranet', vpc: '-vpc' };

/** `<groupId>-<region>[-intranet | -vpc].<suffix>`. */
export function generatedDomain(form: GeneratedForm, groupId: string, region: string, suffix: string): string {
  return `${groupId}-${region}${MARK[form]}.${suffix}`;
}

/**
 * The group that an internal domain of this deployment names, whatever region it is in; null for every other host.
 * `host` is lower case, without port and trailing dot.
 */
export function internalDomainGroup(host: string, suffix: string): string | null {
  const tail = `-intranet.${suffix}`;
  if (!host.endsWith(tail) || host[32] !== '-' || host.length < 33 + tail.length) return null;
  const groupId = host.slice(0, 32);
  return GROUP_ID.test(groupId) ? groupId : null;
}

/** Lower case, without port and one trailing dot: the form in which hosts are compared (wire contract 1.1 rule 2). */
export function normalizeHost(authority: string): string {
  let host = authority;
  if (host.charCodeAt(0) === 0x5b) {
    const end = host.indexOf(']');
    host = end < 0 ? host : host.slice(0, end + 1);
  } else {
    const colon = host.lastIndexOf(':');
    if (colon >= 0) host = host.slice(0, colon);
  }
  if (host.charCodeAt(host.length - 1) === 0x2e) host = host.slice(0, -1);
  return host.toLowerCase();
}
