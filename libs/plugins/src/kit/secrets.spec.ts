/** Secrets are found by their paths, and the original stays as it is. */

import { expect, it } from '@jest/globals';
import { mapSecrets } from './secrets.js';

const paths = [['secret'], ['users', '*', 'password']];

it('every secret is replaced, told its field', () => {
  const config = { secret: 's', key: 'k', users: [{ password: 'p' }, { name: 'n' }, { password: 7 }] };
  const before = structuredClone(config);
  expect(mapSecrets(config, paths, (field, text) => `<${field}=${text}>`)).toEqual({
    secret: '<secret=s>',
    key: 'k',
    users: [{ password: '<users.0.password=p>' }, { name: 'n' }, { password: '<users.2.password=7>' }],
  });
  expect(config).toEqual(before);
});

it('a path that leads nowhere, or to something that is no text, is skipped', () => {
  const untouched = () => {
    throw new Error('asked for a secret that is not there');
  };
  for (const config of [{}, { secret: null }, { secret: {} }, { users: 'x' }, { users: [null, 'x', []] }, { users: null }])
    expect(mapSecrets(config, paths, untouched)).toEqual(config);
  expect(mapSecrets({ a: 1 }, [['constructor'], ['toString', 'name'], []], untouched)).toEqual({ a: 1 });
});
