/** The gateway's own ports and those of what it depends on, which no definition may name as a backend (wire contract 6 rule 2). */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Config } from '../config.js';
import type { Guard, OwnDoor } from './guard.js';

/** How often the names of doors are looked up, ms. */
const REFRESH_MS = 60_000;

export function ownDoors({ admin, controlPlaneUrl, redisUrl }: Config): OwnDoor[] {
  const doors: OwnDoor[] = [{ host: null, port: admin.port }];
  for (const url of [controlPlaneUrl, redisUrl]) {
    if (url === null) continue;
    const { hostname, port, protocol } = new URL(url);
    const fallback = protocol === 'https:' ? 443 : protocol === 'http:' ? 80 : 6379;
    doors.push({ host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? fallback : Number(port) });
  }
  return doors;
}

/** Tells the guard, now and from time to time, where the doors' names lead. @returns a function that ends it */
export async function watchDoors(doors: readonly OwnDoor[], guard: Guard): Promise<() => void> {
  const names = doors.flatMap(({ host }) => (host === null || isIP(host) !== 0 ? [] : [host]));
  const look = () => Promise.all(names.map((name) => tell(name, guard)));
  await look();
  const timer = setInterval(look, REFRESH_MS).unref();
  return () => clearInterval(timer);
}

/** A name that cannot be looked up just now keeps what is known of it. */
async function tell(name: string, guard: Guard): Promise<void> {
  const found = await lookup(name, { all: true }).catch(() => null);
  if (found !== null)
    guard.learn(
      name,
      found.map(({ address }) => address),
    );
}
