/** Stops what `start-stores.mjs` started: closing its standard input is the sign. */
export default function stopStores() {
  globalThis.causewayTestRedis?.stdin.end();
}
