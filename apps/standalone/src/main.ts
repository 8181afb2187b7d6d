/** `npm start`: a whole gateway on this machine, and the example to try it with. */
import { announcement } from './announcement.js';
import { readSettings } from './config.js';
import { prepareStack, type Stack } from './stack.js';

let stack: Stack | undefined;
let isStopping = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void onSignal());

try {
  stack = await prepareStack(readSettings());
  const started = await stack.start();
  process.stdout.write(`\n${announcement(started)}`);
  await stack.failed;
} catch (error) {
  // A part that ends while everything stops is no failure.
  if (!isStopping) await fail(error as Error);
}

async function onSignal(): Promise<void> {
  if (isStopping || !stack) {
    stack?.killAll();
    process.exit(130);
  }
  isStopping = true;
  process.stdout.write('\nStopping ... (Ctrl-C again: at once)\n');
  await stack.stop();
  process.exit(0);
}

async function fail(error: Error): Promise<void> {
  isStopping = true;
  process.stderr.write(`${error.message}\n`);
  await stack?.stop();
  process.exit(1);
}
