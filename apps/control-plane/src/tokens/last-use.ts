/** Writes down when a token was last used: to the minute, and beside the request, which never waits for it. */
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Written at most this often. */
export const LAST_USE_SECONDS = 60;

@Injectable()
export class LastUse {
  private readonly logger = new Logger(LastUse.name);
  /** Tokens whose time is being written: at most one statement for each. */
  private readonly writing = new Set<string>();

  constructor(private readonly dataSource: DataSource) {}

  note(tokenId: string): void {
    if (this.writing.has(tokenId)) return;
    this.writing.add(tokenId);
    void this.write(tokenId)
      .catch((error: Error) => this.logger.warn(`The last use of a token is not written: ${error.message}`))
      .finally(() => this.writing.delete(tokenId));
  }

  /** Another control plane may be at the same row, or somebody revoke the token: then it is left to them. */
  private async write(tokenId: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE tokens SET last_used_at = now() WHERE id = (
         SELECT id FROM tokens WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < now() - make_interval(secs => $2))
         FOR NO KEY UPDATE SKIP LOCKED)`,
      [tokenId, LAST_USE_SECONDS],
    );
  }
}
