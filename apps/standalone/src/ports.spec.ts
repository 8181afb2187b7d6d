import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { portProblems } from './ports.js';

describe('the ports of the settings', () => {
  it('are named with their setting when another program has them', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const listener = { what: 'public traffic', setting: 'CAUSEWAY_PUBLIC_PORT', host: '127.0.0.1', port };
    expect(await portProblems([listener])).toEqual([
      `Port ${port} on 127.0.0.1 (public traffic) is taken: set CAUSEWAY_PUBLIC_PORT to another one.`,
    ]);
    await new Promise((resolve) => server.close(resolve));
    expect(await portProblems([listener])).toEqual([]);
  });

  it('must differ from each other', async () => {
    const twice = [
      { what: 'public traffic', setting: 'CAUSEWAY_PUBLIC_PORT', host: '127.0.0.1', port: 39_997 },
      { what: 'internal traffic', setting: 'CAUSEWAY_INTERNAL_PORT', host: '127.0.0.1', port: 39_997 },
    ];
    expect(await portProblems(twice)).toEqual([
      'Port 39997 is given to public traffic and to internal traffic: set CAUSEWAY_INTERNAL_PORT to another one.',
    ]);
  });
});
