/** The groups of the old account: their ids, base paths, domains and variables. */
import { createHash } from 'node:crypto';
import type { EchoBackend } from '../echo-backend.js';

export const GROUPS = 20;

export interface OldGroup {
  readonly n: number;
  readonly id: string;
  readonly name: string;
  readonly basePath: string;
  /** The generated one. */
  readonly publicDomain: string;
  readonly internalDomain: string;
  readonly domains: ReadonlyArray<{ domain: string; stage?: string; patterns?: string[] }>;
  /** By stage. */
  readonly variables: Readonly<Record<string, Record<string, string>>>;
}

/** As the old gateway made ids: 32 hexadecimal digits without order. */
export function oldId(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

export function oldGroups(blue: EchoBackend, green: EchoBackend): OldGroup[] {
  const stage = (Env: string, { port }: EchoBackend) => ({ Env, Host: '127.0.0.1', Port: `${port}` });
  return Array.from({ length: GROUPS }, (_, n) => {
    const id = oldId(`group ${n}`);
    return {
      n,
      id,
      name: `group_${n}`,
      basePath: n < 10 ? '/' : `/v${n}`,
      publicDomain: `${id}-local.apigw.localhost`,
      internalDomain: `${id}-local-intranet.apigw.localhost`,
      domains: [
        { domain: customDomain(n) },
        // One name for all groups that have a base path of their own.
        ...(n < 10 ? [] : [{ domain: 'api.moved.test' }]),
        ...(n % 2 === 0 ? [{ domain: `*.wild${n}.moved.test`, patterns: [`{color}.wild${n}.moved.test`] }] : []),
        ...(n % 5 === 0 ? [{ domain: `pre${n}.moved.test`, stage: 'PRE' }] : []),
      ],
      variables: { RELEASE: stage('live', blue), PRE: stage('next', green) },
    };
  });
}

export function customDomain(n: number): string {
  return `group${n}.moved.test`;
}

/** A path of the group as clients write it. */
export function under({ basePath }: OldGroup, path: string): string {
  return basePath === '/' ? path : `${basePath}${path}`;
}
