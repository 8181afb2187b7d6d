import { describe, expect, it } from '@jest/globals';
import { generatedDomain, internalDomainGroup, normalizeHost } from './domains.js';

const group = '17ff4c9189004a1d87b557606b767334';

describe('generated domains', () => {
  it("have exactly the original document's form", () => {
    expect(generatedDomain('public', group, 'cn-huhehaote', 'alicloudapi.com')).toBe(`${group}-cn-huhehaote.alicloudapi.com`);
    expect(generatedDomain('internal', group, 'cn-huhehaote', 'alicloudapi.com')).toBe(
      `${group}-cn-huhehaote-intranet.alicloudapi.com`,
    );
  });

  it('an internal domain names its group and nothing else does', () => {
    const suffix = 'apigw.localhost';
    expect(internalDomainGroup(`${group}-local-intranet.${suffix}`, suffix)).toBe(group);
    for (const other of [
      `${group}-local.${suffix}`,
      `${group}-intranet.${suffix}.evil`,
      `x${group}-local-intranet.${suffix}`,
      `${group}intranet.${suffix}`,
    ])
      expect(internalDomainGroup(other, suffix)).toBeNull();
  });
});

describe('a host', () => {
  it.each([
    ['Example.COM:8080', 'example.com'],
    ['example.com.', 'example.com'],
    ['example.com.:80', 'example.com'],
    ['[::1]:80', '[::1]'],
    ['a', 'a'],
  ])('%s is compared as %s', (given, normal) => {
    expect(normalizeHost(given)).toBe(normal);
  });
});
