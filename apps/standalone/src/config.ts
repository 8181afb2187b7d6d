/** The settings of the launcher and the example, read from the environment once. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DOMAIN_SUFFIX, REGION } from '@causeway/contract';

/** One of the four listeners that a whole stack binds. */
export interface Listener {
  readonly what: string;
  readonly setting: string;
  readonly host: string;
  readonly port: number;
}

export interface Settings {
  /** Absolute path of the folder that keeps everything a stack remembers. */
  readonly dataDir: string;
  /** Postgres given from outside; undefined starts the embedded one. */
  readonly databaseUrl: string | undefined;
  readonly region: string;
  readonly domainSuffix: string;
  readonly management: Listener;
  readonly public: Listener;
  readonly internal: Listener;
  readonly admin: Listener;
  /** Secrets that come from outside; the launcher makes and keeps the others. */
  readonly given: { readonly masterKey: boolean; readonly nodeToken: boolean; readonly adminToken: string | undefined };
  /** What the services inherit. */
  readonly environment: NodeJS.ProcessEnv;
}

/** A setting as the reference shows it; without a default it may be absent. */
export interface SettingDescription {
  readonly name: string;
  readonly description: string;
  readonly fallback: string | undefined;
  /** It may come from a file that its `_FILE` twin names. */
  readonly secret: boolean;
}

/** Thrown with every problem at once, one a line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

export function readSettings(environment: NodeJS.ProcessEnv = process.env): Settings {
  const read = reader(environment);
  const settings = settingsFrom(read, environment);
  read.refuse();
  return settings;
}

/** Every setting of the launcher, in the order in which it reads them: docs/reference/settings.md is made of it. */
export function describeSettings(): readonly SettingDescription[] {
  const read = reader({});
  settingsFrom(read, {});
  return read.known;
}

function settingsFrom(read: Reader, environment: NodeJS.ProcessEnv): Settings {
  return {
    dataDir: resolve(read.text('CAUSEWAY_DATA_DIR', './.causeway', 'Keeps everything that a stack remembers.')),
    databaseUrl: read.secret('DATABASE_URL', 'Postgres; the embedded one is started when not set.'),
    ...domains(read),
    management: read.listener('MANAGEMENT', 9000, 'management REST API'),
    public: read.listener('PUBLIC', 8080, 'public traffic'),
    internal: read.listener('INTERNAL', 8081, 'internal traffic'),
    admin: read.listener('ADMIN', 9090, 'health and metrics of the data plane'),
    given: {
      masterKey: read.secret('CAUSEWAY_MASTER_KEY', 'Made once and kept in the data folder when not set.') !== undefined,
      nodeToken: read.secret('CAUSEWAY_NODE_TOKEN', 'Made once and kept in the data folder when not set.') !== undefined,
      adminToken: read.secret('CAUSEWAY_ADMIN_TOKEN', 'Made once and kept in the data folder when not set; its file is named.'),
    },
    environment,
  };
}

export interface ExampleSettings {
  readonly region: string;
  readonly domainSuffix: string;
  readonly controlPlaneUrl: string;
  readonly adminToken: string;
}

export function readExampleSettings(environment: NodeJS.ProcessEnv = process.env): ExampleSettings {
  const read = reader(environment);
  const adminToken = read.secret('CAUSEWAY_ADMIN_TOKEN', 'Management token of role admin.');
  if (!adminToken) read.problems.push('CAUSEWAY_ADMIN_TOKEN: is required');
  const controlPlaneUrl = read.text('CAUSEWAY_CONTROL_PLANE_URL', 'http://127.0.0.1:9000', 'Where the example goes.');
  const settings = { ...domains(read), controlPlaneUrl, adminToken: adminToken ?? '' };
  read.refuse();
  return settings;
}

/** The four listeners, in the order in which they are named to the operator. */
export function listenersOf(settings: Settings): Listener[] {
  return [settings.management, settings.public, settings.internal, settings.admin];
}

/** Where this machine reaches a listener: a wildcard address is none that one can connect to. */
export function urlOf({ host, port }: Listener): string {
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

type Reader = ReturnType<typeof reader>;

function domains(read: Reader): { region: string; domainSuffix: string } {
  return {
    region: read.matching('CAUSEWAY_REGION', 'local', REGION, 'a region id (lower-case letters, digits, hyphens)'),
    domainSuffix: read.matching('CAUSEWAY_DOMAIN_SUFFIX', 'apigw.localhost', DOMAIN_SUFFIX, 'a domain name in lower case'),
  };
}

/** Reads one setting after the other and collects what is wrong with them. */
function reader(environment: NodeJS.ProcessEnv) {
  const problems: string[] = [];
  const known: SettingDescription[] = [];
  const text = (name: string, fallback: string, description: string): string => {
    known.push({ name, description, fallback, secret: false });
    return environment[name] || fallback;
  };
  return {
    problems,
    known,
    text,
    matching(name: string, fallback: string, pattern: RegExp, what: string): string {
      const value = text(name, fallback, `Part of domain names: ${what}.`);
      if (!pattern.test(value)) problems.push(`${name}: "${value}" is not ${what}`);
      return value;
    },
    listener(name: string, fallback: number, what: string): Listener {
      const setting = `CAUSEWAY_${name}_PORT`;
      const port = Number(text(setting, String(fallback), `Port: ${what}.`));
      if (!Number.isInteger(port) || port < 1 || port > 65_535)
        problems.push(`${setting}: not a port number between 1 and 65535`);
      return { what, setting, port, host: text(`CAUSEWAY_${name}_HOST`, '127.0.0.1', `Address: ${what}.`) };
    },
    /** A secret may come from the file that its `_FILE` twin names. */
    secret(name: string, description: string): string | undefined {
      known.push({ name, description, fallback: undefined, secret: true });
      const file = environment[`${name}_FILE`];
      if (environment[name] || !file) return environment[name] || undefined;
      try {
        return readFileSync(file, 'utf8').trim();
      } catch (error) {
        problems.push(`${name}_FILE: ${(error as Error).message}`);
        return undefined;
      }
    },
    refuse(): void {
      if (problems.length > 0) throw new SettingsError(problems.join('\n'));
    },
  };
}
