/** Finds out which programs of the comparison are missing on this machine. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ENVIRONMENT } from './config.js';

export const INSTALL_COMMAND = 'apt-get install nginx libnginx-mod-http-lua lua-resty-core wrk util-linux';

/** @returns the missing ones by name, empty when all are there */
export function missingTools(): string[] {
  const missing = ['nginx', 'wrk', 'taskset'].filter((name) => !isOnPath(name));
  if (!existsSync('/usr/lib/nginx/modules/ngx_http_lua_module.so')) missing.push('the Lua module of nginx');
  if (!existsSync('/usr/share/lua/5.1/resty/core.lua')) missing.push('lua-resty-core');
  return missing;
}

export function isOnPath(name: string): boolean {
  return (ENVIRONMENT.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
