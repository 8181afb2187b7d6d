/** Verifies tokens that all differ, by the plugin and by its library alone: `tokens-worker.js <rounds> <tokens>`. */
import { checkPlugin, Exchange, findPlugin, Head, NO_SERVICES } from '@causeway/plugins';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, jwtVerify, SignJWT } from 'jose';

/** What it prints, as JSON: for each algorithm, means in microseconds of CPU time for a token, one of each round. */
export interface TokenTimes {
  algorithm: string;
  pluginUs: number[];
  libraryUs: number[];
}

const ALGORITHMS = ['ES256', 'RS256'];
const ISSUER = 'https://issuer.example.com';
const FACTS = { apiId: 'a', apiName: 'a', groupId: 'g', groupName: 'g', stage: 'RELEASE', instanceId: 'i', proxyName: 'p' };

const [rounds = 3, count = 1000] = process.argv.slice(2).map(Number);
const all: TokenTimes[] = [];
for (const algorithm of ALGORITHMS) {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: algorithm };
  const tokens = await Promise.all(Array.from({ length: count }, (_, n) => makeToken(algorithm, n, privateKey)));
  const key = await importJWK(jwk, algorithm);
  const byLibrary = async (token: string) => {
    await jwtVerify(token, key, { algorithms: [algorithm] });
  };
  const byPlugin = judge(jwk);
  const times: TokenTimes = { algorithm, pluginUs: [], libraryUs: [] };
  await mean(byPlugin, tokens); // both are compiled by the engine before anything counts
  await mean(byLibrary, tokens);
  for (let round = 0; round < rounds; round++) {
    times.pluginUs.push(await mean(byPlugin, tokens));
    times.libraryUs.push(await mean(byLibrary, tokens));
  }
  all.push(times);
}
process.stdout.write(JSON.stringify(all));

/** With what identity providers usually put into an access token. */
function makeToken(alg: string, n: number, privateKey: CryptoKey): Promise<string> {
  return new SignJWT({ scope: 'orders:read orders:write', client_id: 'shop', email: `user${n}@example.com` })
    .setProtectedHeader({ alg, kid: 'k', typ: 'JWT' })
    .setIssuer(ISSUER)
    .setSubject(`user-${n}`)
    .setAudience('https://api.example.com')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(privateKey);
}

async function mean(verify: (token: string) => Promise<void>, tokens: readonly string[]): Promise<number> {
  const before = process.cpuUsage();
  for (const token of tokens) await verify(token);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / tokens.length;
}

/** Nothing is remembered: each token is new. @throws when one does not pass */
function judge(jwk: object): (token: string) => Promise<void> {
  const { config, problems } = checkPlugin('jwtAuth', { parameter: 'Authorization', parameterLocation: 'header', jwk });
  const definition = findPlugin('jwtAuth');
  if (config === null || definition === undefined) throw new Error(JSON.stringify(problems));
  const { caller } = definition.compile(config, {
    pluginId: 'p',
    pluginName: 'p',
    api: FACTS,
    version: '1',
    publicHost: 'h',
    apiParameters: [],
    parameterPlace: () => null,
    pathPlaceholders: [],
    backend: () => ({ incomplete: 'none' }),
    dataset: () => null,
    services: { ...NO_SERVICES, tokens: { get: () => undefined, put: () => {} } },
    now: Date.now,
    random: Math.random,
  });
  return async (token) => {
    const head = new Head(['Authorization', `Bearer ${token}`]);
    const x = new Exchange('public', 'GET', '/', head, 'h', '127.0.0.1', 'http', null, Date.now(), 0, null);
    const refused = await caller?.(x);
    if (refused !== undefined || x.claims === null) throw new Error(`a token was refused: ${refused?.errorCode}`);
  };
}
