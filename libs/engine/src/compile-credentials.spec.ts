/** Credentials as sealed in snapshots become those that requests are judged by. */
import { type AppsChunk, sealedPaths } from '@causeway/contract';
import { NO_SERVICES } from '@causeway/plugins';
import { prepareSecret } from '@causeway/signature';
import { describe, expect, it } from '@jest/globals';
import { appCodeDigest } from './app-code.js';
import { compileCredentials } from './compile-credentials.js';

const API = 'a'.repeat(32);
const UNTIL = '2030-01-01T00:00:00Z';

/** Opens only what was sealed for its own place: `v1.<path>|<text>`. */
function open(path: string, sealed: string): string {
  const [place, text] = sealed.slice(3).split('|');
  if (place !== path) throw new Error('sealed for another place');
  return text ?? '';
}
const seal = (path: string, text: string) => `v1.${path}|${text}`;

type App = AppsChunk['apps'][number];

function app(id: string, changed: Partial<App> = {}): App {
  const grants = [{ apiId: API, stage: 'RELEASE', expiresAt: null }];
  return { id, name: `app-${id}`, accountId: 'acc', disabled: false, extend: 'x', keys: [], appCodes: [], grants, ...changed };
}

const pair = (key: string, secret: string, previous: string | null = null): App['keys'][number] => ({
  key,
  secret: seal(sealedPaths.appSecret(key), secret),
  previous: previous === null ? null : { secret: seal(sealedPaths.previousAppSecret(key), previous), until: UNTIL },
});
const code = (appId: string, id: string, text: string) => ({ id, code: seal(sealedPaths.appCode(appId, id), text) });

async function compile(...apps: readonly App[]) {
  const deps = { open, now: () => 0, random: () => 0, pause: async () => {}, services: NO_SERVICES };
  const chunks = new Map(
    apps.map((each, n) => [
      `apps:${n}`,
      { hash: JSON.stringify(each), chunk: { kind: 'apps' as const, bucket: n, apps: [each] } },
    ]),
  );
  const callers = await compileCredentials([...chunks.keys()], chunks, deps, null);
  return { ...callers, quarantine: [...callers.buckets.values()].flatMap(({ problems }) => problems) };
}

describe('the credentials of an application', () => {
  it('are its key pairs and its AppCodes, which share its grants', async () => {
    const keys = [pair('K', 'S'), pair('L', 'T', 'before')];
    const { credentials, appCodes } = await compile(app('1', { keys, appCodes: [code('1', 'c', 'CODE')] }), app('2'));
    expect(credentials.get('K')).toMatchObject({ appId: '1', key: 'K', extend: 'x', secret: prepareSecret('S'), previous: null });
    expect(credentials.get('L')).toMatchObject({ previous: { secret: prepareSecret('before'), untilMs: Date.parse(UNTIL) } });
    const holder = appCodes.get(appCodeDigest('CODE'));
    expect(holder).toMatchObject({ appId: '1', appName: 'app-1', key: null, disabled: false });
    expect(holder?.grants).toEqual(credentials.get('K')?.grants);
  });

  it('hold no code and no secret as text', async () => {
    const { credentials, appCodes } = await compile(
      app('1', { keys: [pair('K', 'SECRET', 'BEFORE')], appCodes: [code('1', 'c', 'CODE')] }),
    );
    const shown = JSON.stringify([[...credentials], [...appCodes]]);
    for (const text of ['SECRET', 'BEFORE', 'CODE']) expect(shown).not.toContain(text);
  });

  it('that cannot be opened are set aside one by one', async () => {
    const keys = [
      { ...pair('K', 'S', 'before'), secret: seal(sealedPaths.appSecret('L'), 'moved here') },
      { ...pair('M', 'S'), previous: { secret: seal(sealedPaths.appSecret('M'), 'moved here'), until: UNTIL } },
    ];
    const codes = [{ id: 'c', code: code('2', 'c', 'MOVED').code }, code('1', 'd', 'CODE')];
    const { credentials, appCodes, quarantine } = await compile(app('1', { keys, appCodes: codes }));
    expect([...credentials].map(([key]) => key)).toEqual(['M']);
    expect(credentials.get('M')?.previous).toBe(null);
    expect([...appCodes].map(([key]) => key)).toEqual([appCodeDigest('CODE')]);
    expect(quarantine).toEqual([1, 2, 3].map(() => ({ resource: 'app:1', message: 'sealed for another place' })));
  });
});
