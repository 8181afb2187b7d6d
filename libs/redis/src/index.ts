/** How every process reaches Redis. */
export * from './connect-redis.js';
export * from './give-up-silence.js';
