/** The control plane over HTTP: manifests, chunks, the event stream, and where reports go. */
import { createInterface } from 'node:readline';
import type { NodeReport } from '@causeway/contract';
import { MAX_DOCUMENT_BYTES } from '@causeway/snapshot';
import { Agent, request } from 'undici';

const ANSWER_WITHIN_MS = 5000;
const LEAVE_WITHIN_MS = 1000;
/** Two and a half heartbeats of the stream. */
const STREAM_SILENT_MS = 25_000;

export interface ManifestAnswer {
  readonly packed: Buffer;
  readonly etag: string;
}

export class ControlPlaneClient {
  private readonly base: string;
  private readonly headers: Record<string, string>;
  private readonly agent = new Agent({
    connect: { timeout: ANSWER_WITHIN_MS },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: ANSWER_WITHIN_MS,
    maxResponseSize: MAX_DOCUMENT_BYTES,
    connections: 8,
  });
  /** A stream without an end has no size: it is read line by line. */
  private readonly streamAgent = new Agent({
    connect: { timeout: ANSWER_WITHIN_MS },
    headersTimeout: ANSWER_WITHIN_MS,
    bodyTimeout: STREAM_SILENT_MS,
  });

  constructor(
    url: string,
    nodeToken: string,
    private readonly signal: AbortSignal,
  ) {
    this.base = `${url.replace(/\/+$/, '')}/internal/v1`;
    this.headers = { authorization: `Bearer ${nodeToken}` };
  }

  /** `unchanged` when `etag` still names it. */
  async manifest(instance: string, etag: string | null): Promise<ManifestAnswer | 'unchanged'> {
    const headers = etag === null ? this.headers : { ...this.headers, 'if-none-match': etag };
    const answer = await request(`${this.base}/instances/${encodeURIComponent(instance)}/manifest`, this.with(headers));
    const packed = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode === 304) return 'unchanged';
    expectStatus(answer.statusCode, 200);
    return { packed, etag: String(answer.headers.etag ?? '') };
  }

  async chunk(instanceId: string, hash: string): Promise<Buffer> {
    const answer = await request(
      `${this.base}/chunks/${hash}?instance=${encodeURIComponent(instanceId)}`,
      this.with(this.headers),
    );
    const packed = Buffer.from(await answer.body.arrayBuffer());
    expectStatus(answer.statusCode, 200);
    return packed;
  }

  async report(report: NodeReport): Promise<void> {
    const headers = { ...this.headers, 'content-type': 'application/json' };
    const answer = await request(`${this.base}/nodes/${encodeURIComponent(report.node)}`, {
      ...this.with(headers),
      method: 'PUT',
      body: JSON.stringify(report),
    });
    await answer.body.dump();
    expectStatus(answer.statusCode, 204);
  }

  /** Says that the node is no more. Rejects when that is not heard soon: nobody waits long for who leaves. */
  async leave(node: string, instanceId: string): Promise<void> {
    const url = `${this.base}/nodes/${encodeURIComponent(node)}?instance=${encodeURIComponent(instanceId)}`;
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(LEAVE_WITHIN_MS)]);
    const answer = await request(url, { ...this.with(this.headers), method: 'DELETE', signal });
    await answer.body.dump();
    expectStatus(answer.statusCode, 204);
  }

  /** Calls `onEvent` once connected and for each event; resolves or rejects when the stream ends. */
  async events(instance: string, onEvent: () => void, signal: AbortSignal): Promise<void> {
    const answer = await request(`${this.base}/instances/${encodeURIComponent(instance)}/events`, {
      dispatcher: this.streamAgent,
      headers: this.headers,
      signal: AbortSignal.any([signal, this.signal]),
    });
    if (answer.statusCode !== 200) await answer.body.dump();
    expectStatus(answer.statusCode, 200);
    onEvent();
    for await (const line of createInterface({ input: answer.body })) if (line.startsWith('data:')) onEvent();
  }

  async close(): Promise<void> {
    await Promise.all([this.agent.destroy(), this.streamAgent.destroy()]);
  }

  private with(headers: Record<string, string>) {
    return { dispatcher: this.agent, headers, signal: this.signal };
  }
}

function expectStatus(status: number, wanted: number): void {
  if (status !== wanted) throw new Error(`the control plane answers ${status}`);
}
