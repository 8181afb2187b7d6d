/** A client of the management API: paths, bodies and answers have the types of its reference. */
import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema.js';

export type { components, paths } from './schema.js';
export type ManagementClient = Client<paths>;

/** What the API answered in place of what was asked for. */
export class ManagementError extends Error {
  override readonly name = 'ManagementError';

  constructor(
    call: string,
    readonly status: number,
    /** A problem document (RFC 9457), as text. */
    readonly answer: string,
  ) {
    super(`${call} was answered with ${status}: ${answer}`);
  }
}

const ANSWER_WITHIN_MS = 60_000;

/**
 * Every call rejects with a ManagementError when it is refused, and with what `fetch` throws when there is no answer.
 *
 * @param baseUrl of the control plane, such as http://127.0.0.1:9000
 */
export function createManagementClient(baseUrl: string, token: string): ManagementClient {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${token}` } });
  client.use({
    onRequest: ({ request }) => new Request(request, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }),
    async onResponse({ request, response }) {
      if (!response.ok)
        throw new ManagementError(`${request.method} ${new URL(request.url).pathname}`, response.status, await response.text());
    },
  });
  return client;
}
