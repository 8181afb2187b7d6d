/** Finds out before anything starts whether the ports of the settings can be had. */
import { createServer } from 'node:net';
import type { Listener } from './config.js';

/** One line for each listener that cannot be bound, naming the setting to change; empty when all is well. */
export async function portProblems(listeners: readonly Listener[]): Promise<string[]> {
  const problems: string[] = [];
  const seen = new Map<string, Listener>();
  for (const listener of listeners) {
    const { host, port, what, setting } = listener;
    const other = seen.get(`${host}:${port}`);
    seen.set(`${host}:${port}`, listener);
    if (other) {
      problems.push(`Port ${port} is given to ${other.what} and to ${what}: set ${setting} to another one.`);
      continue;
    }
    const code = await bindError(host, port);
    if (code === 'EADDRINUSE') problems.push(`Port ${port} on ${host} (${what}) is taken: set ${setting} to another one.`);
    else if (code === 'EACCES')
      problems.push(`Port ${port} on ${host} (${what}) needs privileges: set ${setting} to one above 1023.`);
    else if (code) problems.push(`${host}:${port} (${what}) cannot be bound (${code}): see ${setting} and its _HOST twin.`);
  }
  return problems;
}

function bindError(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
