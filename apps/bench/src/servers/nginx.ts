/** Starts an nginx from one of the configurations in peers/, in a folder of its own. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { ask } from '../probe.js';
import { type Program, start } from '../programs.js';

const PEERS = join(import.meta.dirname, '..', '..', 'peers');
const START_MS = 10_000;

export interface NginxOptions {
  name: string;
  template: string;
  core: number;
  port: number;
  workDir: string;
  /** Replaces `@NAME@` in the configuration. */
  values: Record<string, string>;
  /** Further files of peers/ that it needs beside its configuration. */
  files?: readonly string[];
}

export async function startNginx({ name, template, core, port, workDir, values, files = [] }: NginxOptions): Promise<Program> {
  const prefix = join(workDir, name);
  mkdirSync(prefix, { recursive: true });
  for (const file of files) copyFileSync(join(PEERS, file), join(prefix, file));
  const text = readFileSync(join(PEERS, template), 'utf8').replace(/@(\w+)@/g, (mark, key: string) => values[key] ?? mark);
  writeFileSync(join(prefix, 'nginx.conf'), text);
  const nginx = start('nginx', ['-p', `${prefix}/`, '-e', 'stderr', '-c', join(prefix, 'nginx.conf')], { core });
  await untilListening(nginx, name, port);
  return nginx;
}

async function untilListening(nginx: Program, name: string, port: number): Promise<void> {
  const end = Date.now() + START_MS;
  for (;;) {
    const answered = await ask(port, '/', { host: 'anything' }).then(
      () => true,
      () => false,
    );
    if (answered) return;
    if (nginx.hasEnded() || Date.now() > end) throw new Error(`${name} did not start: ${nginx.complaints()}`);
    await later(20);
  }
}
