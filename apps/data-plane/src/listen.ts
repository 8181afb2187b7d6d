/** Binds a listener, or says which setting to change. */
import type { Server } from 'node:net';

const BACKLOG = 4096;

/** @param setting names the setting that the port came from */
export function listen(server: Server, { host, port }: { host: string; port: number }, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.code ?? error.message})`;
      reject(new Error(`Port ${port} on ${host} ${reason}: set ${setting} to another port`));
    });
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
}
