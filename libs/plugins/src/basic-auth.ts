/** Asks callers for a user name and password (plugins, section 5.5; RFC 7617). */
// hot
import { hash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { refuse } from './kit/answer.js';
import type { Dataset } from './kit/dataset.js';
import type { Exchange } from './kit/exchange.js';
import { text } from './kit/fields.js';
import { definePlugin, type Problem, type Steps } from './kit/plugin.js';
import { listed } from './kit/words.js';

const MAX_USERS = 1000;
/** Characters of an `Authorization` header that are looked at: what users may have, in base64. */
const MAX_CREDENTIALS = 2048;

const User = z.strictObject({
  username: text(128).pipe(z.string().regex(/^[^:\u0000-\u001f\u007f]+$/, 'must hold neither a colon nor control characters')),
  password: text(256).pipe(z.string().regex(/^[^\u0000-\u001f\u007f]+$/, 'must not hold control characters')),
});

const schema = z.strictObject({
  users: z.array(User).min(1).max(MAX_USERS).optional(),
  usersDatasetId: text(32).optional().describe('a dataset of type BASIC_AUTH_ACCESS, whose values are username:password'),
});

type Config = z.infer<typeof schema>;

export const basicAuth = definePlugin({
  type: 'basicAuth',
  description: 'Asks callers for a user name and password.',
  schema,
  secretPaths: [['users', '*', 'password']],
  example: `users:
- username: alice
  password: correct horse battery staple
`,
  check,
  describe,
  datasetsOf: ({ usersDatasetId: id }) =>
    id === undefined ? [] : [{ path: 'usersDatasetId', id, type: 'BASIC_AUTH_ACCESS' as const }],
  compile(config, context): Steps {
    const own = ownUsers(config);
    const listed = config.usersDatasetId === undefined ? null : context.dataset(config.usersDatasetId, 'BASIC_AUTH_ACCESS');
    if (config.usersDatasetId !== undefined && listed === null)
      throw new Error(`dataset ${config.usersDatasetId} of type BASIC_AUTH_ACCESS is not there`);
    const others = listed === null ? NOBODY : usersOf(listed);
    return {
      caller(x) {
        const credentials = credentialsOf(x);
        const digest = credentials === null ? '' : digestOf(credentials);
        return isIn(own, digest, x.arrivedAtMs) || isIn(others, digest, x.arrivedAtMs) ? undefined : refused();
      },
      // What the API itself sends to its backend under that name stays.
      mapped(x, out) {
        const shown = x.head.get('authorization');
        if (shown !== null && out.get('authorization') === shown) out.remove('authorization');
      },
    };
  },
});

function refused() {
  const answer = refuse('A401BA');
  answer.headers.push('WWW-Authenticate', 'Basic realm="api"');
  return answer;
}

/** `username:password` as text; null when the request shows none. */
function credentialsOf({ head }: Exchange): string | null {
  const shown = head.get('authorization');
  if (shown === null || shown.length > MAX_CREDENTIALS) return null;
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(shown)?.[1];
  if (encoded === undefined) return null;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  return decoded.includes(':') ? decoded : null;
}

/** Digest of `username:password` -> until when it counts, wall clock, ms. */
type Users = ReadonlyMap<string, number>;

const NOBODY: Users = new Map();
const SECRET = randomBytes(16).toString('hex');

/**
 * What is looked up is a digest that no client can foresee or steer towards another: how long a look-up takes says nothing of names
 * or passwords, and no password stays in memory in the clear for it.
 */
function digestOf(credentials: string): string {
  return hash('sha256', `${SECRET}${credentials}`, 'base64');
}

function isIn(users: Users, digest: string, nowMs: number): boolean {
  return (users.get(digest) ?? 0) > nowMs;
}

/** A configuration that many APIs share is digested once, and a dataset until it is edited. */
const ofConfigs = new WeakMap<Config, Users>();
const ofDatasets = new WeakMap<Dataset, Users>();

function ownUsers(config: Config): Users {
  let users = ofConfigs.get(config);
  if (users === undefined) {
    const named = config.users ?? [];
    users = new Map(named.map(({ username, password }) => [digestOf(`${username}:${password}`), Number.POSITIVE_INFINITY]));
    ofConfigs.set(config, users);
  }
  return users;
}

function usersOf(dataset: Dataset): Users {
  let users = ofDatasets.get(dataset);
  if (users === undefined) {
    users = new Map(
      [...dataset.items.values()].map(({ value, expiresAtMs }) => [digestOf(value), expiresAtMs ?? Number.POSITIVE_INFINITY]),
    );
    ofDatasets.set(dataset, users);
  }
  return users;
}

function check({ users, usersDatasetId }: Config) {
  const problems: Problem[] = [];
  if (users === undefined && usersDatasetId === undefined)
    problems.push({ path: 'users', message: 'is required, unless usersDatasetId is given' });
  const names = new Set<string>();
  for (const [n, { username }] of (users ?? []).entries()) {
    if (names.has(username)) problems.push({ path: `users[${n}].username`, message: `"${username}" stands twice` });
    names.add(username);
  }
  return { problems, warnings: [] };
}

function describe({ users = [], usersDatasetId }: Config): string[] {
  const named = users.map(({ username }) => username);
  const dataset = usersDatasetId === undefined ? [] : [`a user of the dataset ${usersDatasetId}`];
  return [
    `Lets in only who shows the user name and password of ${listed([...named, ...dataset], 'or')}.`,
    'The backend does not see them.',
  ];
}
