/** Calls that are data, such as the steps of the example, over the client of the management API. */
import type { ManagementClient } from '@causeway/management-client';

/** `call` is a method and a path under `/api/v1`, such as `POST /groups`. Rejects as the client does. */
export type ManagementCall = <T = Record<string, unknown>>(call: string, body?: unknown) => Promise<T>;

export function callOver(client: ManagementClient): ManagementCall {
  return async <T>(call: string, body?: unknown): Promise<T> => {
    const [method = 'GET', path = '/'] = call.split(' ');
    // What only the file knows cannot be typed.
    const { data } = await client.request(method.toLowerCase() as 'post', `/api/v1${path}` as never, { body } as never);
    return (data ?? {}) as T;
  };
}
