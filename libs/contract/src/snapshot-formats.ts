/** Formats of snapshots: which one this release writes, and which it reads (snapshots, "Formats and releases"). */

export interface SnapshotFormats {
  /** A new format is read for one release before it is written, so that planes one release apart understand each other. */
  readonly written: number;
  readonly oldestRead: number;
  readonly newestRead: number;
}

export const SNAPSHOT_FORMATS: SnapshotFormats = { written: 1, oldestRead: 1, newestRead: 1 };

/** Of the manifests that this release writes, and of the chunks that they name. */
export const MANIFEST_FORMAT = SNAPSHOT_FORMATS.written;

/** Why a snapshot of this format cannot be read here, and which side is to be upgraded; null when it can. */
export function formatProblem(format: number, formats: SnapshotFormats = SNAPSHOT_FORMATS): string | null {
  const { oldestRead, newestRead } = formats;
  if (format >= oldestRead && format <= newestRead) return null;
  const read = oldestRead === newestRead ? `format ${newestRead}` : `formats ${oldestRead} to ${newestRead}`;
  const tooOld = format > newestRead ? 'data plane' : 'control plane';
  return `the snapshot has format ${format} and this data plane reads ${read}: upgrade the ${tooOld}`;
}
