/** The environment that every started program gets. */

/** Debian keeps nginx in /usr/sbin, which is not on every user's PATH. Settings of a gateway on this machine must not leak in. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && !/^(?:CAUSEWAY_|DATABASE_URL|REDIS_URL|NODE_OPTIONS)/.test(entry[0]),
    ),
  ),
  PATH: `${process.env.PATH ?? ''}:/usr/sbin`,
};
