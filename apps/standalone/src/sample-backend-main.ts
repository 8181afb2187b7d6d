/** Runs one sample backend alone: `node sample-backend-main.js [port] [host]`. */
import { startSampleBackend } from './sample-backend.js';

const [port = '8080', host = '0.0.0.0'] = process.argv.slice(2);
const backend = await startSampleBackend(Number(port), host);
process.stdout.write(`sample backend on ${host}:${backend.port}\n`);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void backend.close();
  });
}
