/** The one place in a snapshot that a reader may leave unread (snapshots, "Formats and releases"). */
import { z } from 'zod';

/**
 * A field that a later release adds here is ignored by readers that do not know it. So nothing may stand here that forbids, limits or
 * protects anything. It is kept as it came: a data plane that writes it to disk writes the same bytes.
 */
export const Hints = z.looseObject({}).optional();
