/** A node is live when it reported within this time; it reports every 3 s. */
export const LIVE_WITHIN_SECONDS = 10;
