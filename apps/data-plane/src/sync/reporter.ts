/** Tells the control plane what runs here: at once when it changes, and again and again so that it knows the node lives. */
import type { NodeReport } from '@causeway/contract';
import { coalesce } from './coalesce.js';
import type { ControlPlaneClient } from './control-plane-client.js';
import type { Follower } from './follower.js';
import type { Troubles } from './troubles.js';

/** Keeps a report far below what a server takes as a body. */
const ERRORS_TOLD = 30;
const MESSAGE_CHARACTERS = 500;
const REPORTING = 'Reporting to the control plane';

export class Reporter {
  /** Never rejects; reports asked for while one is on its way become one more. */
  readonly report = coalesce(() => this.send());

  private hasLeft = false;

  constructor(
    private readonly node: string,
    private readonly instanceId: () => string | null,
    private readonly follower: Follower,
    private readonly controlPlane: ControlPlaneClient,
    private readonly troubles: Troubles,
    private readonly signal: AbortSignal,
  ) {}

  /** Takes the node out of the list; nothing is reported afterwards. Never rejects. */
  async leave(): Promise<void> {
    this.hasLeft = true;
    await this.report();
    const instance = this.instanceId();
    // Without reports nobody waits for it either, ten seconds later.
    if (instance !== null) await this.controlPlane.leave(this.node, instance).catch(() => undefined);
  }

  private async send(): Promise<void> {
    const report = this.compose();
    if (report === null || this.hasLeft || this.signal.aborted) return;
    try {
      await this.controlPlane.report(report);
      this.troubles.works(REPORTING);
    } catch (error) {
      this.troubles.failed(REPORTING, error);
    }
  }

  /** Null before anything is known of the instance. */
  private compose(): NodeReport | null {
    const { running, rejected, state, source, appliedAt } = this.follower.status();
    const instance = this.instanceId();
    if (instance === null || running === null || source === null || appliedAt === null) return null;
    const refusal = this.follower.rejected;
    const errors = [
      ...(refusal === null ? [] : [{ resource: 'snapshot', message: refusal.reason }]),
      ...(this.follower.running?.problems ?? []),
    ];
    return {
      node: this.node,
      instance,
      ...running,
      state,
      rejected,
      errors: errors
        .slice(0, ERRORS_TOLD)
        .map(({ resource, message }) => ({ resource: resource.slice(0, 200), message: message.slice(0, MESSAGE_CHARACTERS) })),
      source,
      appliedAt: new Date(appliedAt).toISOString(),
    };
  }
}
