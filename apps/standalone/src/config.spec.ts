import { describe, expect, it } from '@jest/globals';
import { curlLine } from './announcement.js';
import { readSettings, urlOf } from './config.js';

describe('the settings of the launcher', () => {
  it('have a default each', () => {
    const settings = readSettings({});
    expect([settings.region, settings.domainSuffix, settings.databaseUrl]).toEqual(['local', 'apigw.localhost', undefined]);
    expect([settings.management, settings.public, settings.internal, settings.admin].map(urlOf)).toEqual([
      'http://127.0.0.1:9000',
      'http://127.0.0.1:8080',
      'http://127.0.0.1:8081',
      'http://127.0.0.1:9090',
    ]);
  });

  it('are refused with every problem at once', () => {
    const read = (): unknown =>
      readSettings({
        CAUSEWAY_REGION: 'x-intranet',
        CAUSEWAY_PUBLIC_PORT: '80800',
        CAUSEWAY_ADMIN_TOKEN_FILE: '/does/not/exist',
      });
    expect(read).toThrow(/CAUSEWAY_REGION: .*\nCAUSEWAY_PUBLIC_PORT: .*\nCAUSEWAY_ADMIN_TOKEN_FILE: /);
  });
});

describe('the curl line', () => {
  it('needs nothing more under .localhost', () => {
    expect(curlLine(readSettings({}), 'resource1')).toBe(
      "curl 'http://17ff4c9189004a1d87b557606b767334-local.apigw.localhost:8080/distributeAPI?target=resource1' -i",
    );
  });

  it('says where to connect for every other suffix', () => {
    const settings = readSettings({
      CAUSEWAY_REGION: 'cn-huhehaote',
      CAUSEWAY_DOMAIN_SUFFIX: 'alicloudapi.com',
      CAUSEWAY_PUBLIC_PORT: '80',
      CAUSEWAY_PUBLIC_HOST: '0.0.0.0',
    });
    const host = '17ff4c9189004a1d87b557606b767334-cn-huhehaote.alicloudapi.com';
    expect(curlLine(settings, 'resource2')).toBe(
      `curl --resolve ${host}:80:127.0.0.1 'http://${host}/distributeAPI?target=resource2' -i`,
    );
  });
});
