/** Loads the example into a running deployment: the one-shot service `example` of docker-compose.yml. */
import { createManagementClient, ManagementError } from '@causeway/management-client';
import { readExampleSettings, SettingsError } from './config.js';
import { ensureExample } from './example.js';
import { callOver } from './management-call.js';

try {
  const { controlPlaneUrl, adminToken, ...domains } = readExampleSettings();
  const outcome = await ensureExample(callOver(createManagementClient(controlPlaneUrl, adminToken)), {
    ...domains,
    backendPorts: null,
  });
  const words = { loaded: 'is loaded', updated: 'is there already', absent: 'is not loaded, since the store holds other groups' };
  process.stdout.write(`The example ${words[outcome]}.\n`);
} catch (error) {
  if (!(error instanceof SettingsError || error instanceof ManagementError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
