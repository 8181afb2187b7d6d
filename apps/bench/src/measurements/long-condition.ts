/** A condition of the greatest length that is allowed, the same rules as a JavaScript function, and requests to judge. */
import { BlockList } from 'node:net';

export const LENGTH = 512;

/** Chains, brackets and every kind of comparison; most requests get far into it, and about half of them to its end. */
const START =
  "!($agent like '%bot%' or $agent like '%crawler%') and $path !like '/internal/%' and ($region like 'eu-%' or $region like 'us-%' " +
  "or $ip in_cidr '10.0.0.0/8' or $ip in_cidr '2001:db8::/32') and $tier != 'free' and $version >= 3 and $version < 9.5 and " +
  "($tenant = 'acme-berlin' or $tenant = 'acme-paris' or $tenant = 'acme-lisbon' or $tenant like 'beta-%' or $load <= 0.75) and " +
  "(($flag = true or $retries < 5) xor $region = 'eu-west') and $ip !in_cidr '192.0.2.0/24' and $tenant != '";
const OTHER_TENANT = 'x'.repeat(LENGTH - START.length - 1);

export const CONDITION = `${START}${OTHER_TENANT}'`;

export const PARAMETERS = {
  agent: 'Header:User-Agent',
  path: 'Path',
  region: 'Query:region',
  ip: 'Query:ip',
  tier: 'Query:tier',
  version: 'Query:version',
  tenant: 'Header:X-Tenant',
  load: 'Query:load',
  flag: 'Query:flag',
  retries: 'Query:retries',
};

/** One for each variable, as texts: so they come from headers and queries. */
export type Values = Readonly<Record<keyof typeof PARAMETERS, string>>;

/** @returns requests that differ from each other, the same ones for the same count */
export function requests(count: number): Values[] {
  return Array.from({ length: count }, (_, n) => ({
    agent: n % 61 === 0 ? `Somebot/${n}` : `Mozilla/5.0 (X11; Linux x86_64; rv:${n}) Gecko/20100101 Firefox/${n}`,
    path: n % 53 === 0 ? `/internal/${n}` : `/orders/${n}/lines/${n * 7}`,
    region: pick(n, ['eu-west', 'eu-north', 'us-east', 'ap-south']),
    ip: pick(n >> 2, [
      `10.${n % 256}.7.${(n * 3) % 256}`,
      `192.0.${n % 4}.9`,
      `2001:db8::${(n % 4096).toString(16)}`,
      `198.51.100.${n % 256}`,
    ]),
    tier: n % 47 === 0 ? 'free' : pick(n, ['gold', 'silver', 'bronze']),
    version: (3 + (n % 60) / 10).toFixed(1),
    tenant: pick(n, ['acme-berlin', 'acme-lisbon', 'beta-seven', `tenant-${n}`, `gamma-${n}`]),
    load: ((n % 100) / 100).toFixed(2),
    flag: n % 3 === 0 ? 'true' : 'false',
    retries: String(n % 9),
  }));
}

function pick(n: number, choice: readonly string[]): string {
  return choice[n % choice.length] as string;
}

/** What somebody would write in JavaScript: regular expressions, numbers, and Node's own list of address blocks. */
export function byHand(v: Values): boolean {
  return (
    !(BOT.test(v.agent) || CRAWLER.test(v.agent)) &&
    !INTERNAL.test(v.path) &&
    (EU.test(v.region) || US.test(v.region) || isIn(OWN, v.ip)) &&
    v.tier !== 'free' &&
    Number(v.version) >= 3 &&
    Number(v.version) < 9.5 &&
    (TENANTS.test(v.tenant) || BETA.test(v.tenant) || Number(v.load) <= 0.75) &&
    (v.flag.toLowerCase() === 'true' || Number(v.retries) < 5) !== (v.region === 'eu-west') &&
    !isIn(FOREIGN, v.ip) &&
    v.tenant !== OTHER_TENANT
  );
}

const BOT = /^.*bot.*$/s;
const CRAWLER = /^.*crawler.*$/s;
const INTERNAL = /^\/internal\//;
const EU = /^eu-/;
const US = /^us-/;
const TENANTS = /^(?:acme-berlin|acme-paris|acme-lisbon)$/;
const BETA = /^beta-/;
const OWN = blocks(['10.0.0.0', 8, 'ipv4'], ['2001:db8::', 32, 'ipv6']);
const FOREIGN = blocks(['192.0.2.0', 24, 'ipv4']);

function blocks(...subnets: readonly [string, number, 'ipv4' | 'ipv6'][]): BlockList {
  const list = new BlockList();
  for (const [network, prefix, family] of subnets) list.addSubnet(network, prefix, family);
  return list;
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}
