import { describe, expect, it } from '@jest/globals';
import { maskSecrets, restoreSecrets } from './secret-text.js';

const TYPE = 'backendSignature';

describe('a secret inside a configuration text', () => {
  it.each([
    ['---\ntype: X # why\nsecret: abc\nkey:   K\n', '---\ntype: X # why\nsecret: "******"\nkey:   K\n'],
    ["secret: 'a''b'", 'secret: "******"'],
    ['{ "secret":"a\\"b", "key": "K" }', '{ "secret":"******", "key": "K" }'],
    ['{secret: abc, key: K}', '{secret: "******", key: K}'],
    ['secret: |\n  abc\n  def\nkey: K\n', 'secret: "******"\nkey: K\n'],
    ['secret: 12345', 'secret: "******"'],
    ['key: K\nsecret:\n', 'key: K\nsecret:\n'],
  ])('is hidden and nothing else changes: %j', (text, masked) => {
    expect(maskSecrets(TYPE, text)).toBe(masked);
  });

  it('is no secret in a type that has none', () => {
    expect(maskSecrets('routing', 'secret: abc')).toBe('secret: abc');
  });

  it.each(['secret: "******"', 'secret: ******', "{key: K, secret: '******'}", '{"secret": "******"}', 'secret: ****** # kept'])(
    'keeps its stored value where a write carries %j',
    (text) => {
      const stored = 'secret: "a: \\"b\\" #é"';
      const restored = restoreSecrets(TYPE, text, stored);
      expect(restored.unknown).toEqual([]);
      expect(restored.text).toContain('"a: \\"b\\" #é"');
      expect(restored.text).not.toContain('***');
    },
  );

  it('is taken as it is when a write brings a new one', () => {
    expect(restoreSecrets(TYPE, 'secret: new', 'secret: old')).toEqual({ text: 'secret: new', unknown: [] });
  });

  it('that nothing is stored for is named', () => {
    expect(restoreSecrets(TYPE, 'secret: "******"', null).unknown).toEqual(['secret']);
    expect(restoreSecrets(TYPE, 'secret: "******"', 'key: K').unknown).toEqual(['secret']);
  });
});
