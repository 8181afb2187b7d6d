/** What can happen to a deployment of two control planes, two nodes and one Redis, and what must hold meanwhile: docs/operations.md, section 1. */
import type { FaultBed } from './kit/bed.js';
import type { OwnRedis } from './kit/own-redis.js';
import type { TcpProxy } from './kit/tcp-proxy.js';
import type { Fault } from './kit/withstand.js';

const none = (): void => {};

/** Every way to Redis. */
const toRedis = ({ controlPlanes, nodes }: FaultBed): TcpProxy[] =>
  [...controlPlanes, ...nodes].flatMap(({ toRedis: way }) => way ?? []);
const redisOf = ({ redis }: FaultBed): OwnRedis => redis as OwnRedis;
const node1 = ({ nodes }: FaultBed) => nodes.slice(0, 1);
const each = <T>(list: readonly T[], act: (one: T) => void | Promise<void>): Promise<unknown> => Promise.all(list.map(act));
const heal = (way: TcpProxy): Promise<void> => way.heal();
const cut = (way: TcpProxy): Promise<void> => way.cut();

export const FAULTS: readonly Fault[] = [
  {
    name: 'Redis is killed, and starts again empty',
    touches: ['Redis'],
    edits: 'in force',
    inject: (bed) => redisOf(bed).kill(),
    heal: (bed) => redisOf(bed).start(),
  },
  {
    name: 'Redis stands still (SIGSTOP)',
    touches: ['Redis'],
    edits: 'in force',
    inject: (bed) => redisOf(bed).signal('SIGSTOP'),
    heal: (bed) => redisOf(bed).signal('SIGCONT'),
  },
  {
    name: 'Redis is emptied (FLUSHALL)',
    touches: ['Redis'],
    edits: 'in force',
    inject: async (bed) => void (await redisOf(bed).command('FLUSHALL')),
    heal: none,
  },
  {
    name: 'Redis answers 200 ms late',
    touches: ['Redis'],
    edits: 'in force',
    inject: (bed) => void each(toRedis(bed), (way) => way.slow(200)),
    heal: (bed) => void each(toRedis(bed), heal),
  },
  {
    name: 'what comes from and goes to Redis is cut into pieces of 7 bytes',
    touches: ['Redis'],
    edits: 'in force',
    inject: (bed) => void each(toRedis(bed), (way) => way.slice(7)),
    heal: (bed) => void each(toRedis(bed), heal),
  },
  {
    name: 'the network swallows what goes to Redis',
    touches: ['Redis'],
    edits: 'in force',
    inject: (bed) => void each(toRedis(bed), (way) => way.blackHole()),
    heal: (bed) => void each(toRedis(bed), heal),
  },
  {
    name: 'connections to Redis are half-open',
    touches: ['Redis'],
    edits: 'in force',
    inject: (bed) => void each(toRedis(bed), (way) => way.halfOpen()),
    heal: none,
  },
  {
    name: 'a node loses Redis and keeps the control plane',
    touches: ['Redis', 'a node'],
    edits: 'in force',
    inject: async (bed) => void (await each(toRedis({ ...bed, controlPlanes: [], nodes: node1(bed) }), cut)),
    heal: async (bed) => void (await each(toRedis(bed), heal)),
  },
  {
    name: 'a node loses the control plane and keeps Redis',
    touches: ['a node'],
    edits: 'in force',
    inject: async (bed) => void (await each(node1(bed), (node) => node.toControlPlane.cut())),
    heal: async (bed) => void (await each(node1(bed), (node) => node.toControlPlane.heal())),
  },
  {
    name: 'a node is cut off from everything',
    touches: ['Redis', 'a node'],
    edits: 'in force',
    cutOff: node1,
    inject: async (bed) =>
      void (await each(node1(bed), (node) => each([node.toControlPlane, node.toRedis as TcpProxy], cut).then(none))),
    heal: async (bed) =>
      void (await each(node1(bed), (node) => each([node.toControlPlane, node.toRedis as TcpProxy], heal).then(none))),
  },
  {
    name: 'control planes lose Redis, nodes keep it',
    touches: ['Redis'],
    edits: 'in force',
    inject: async (bed) => void (await each(toRedis({ ...bed, nodes: [] }), cut)),
    heal: async (bed) => void (await each(toRedis(bed), heal)),
  },
  {
    name: 'Postgres is out of reach',
    touches: ['Postgres'],
    edits: 'refused',
    inject: async ({ controlPlanes }) => void (await each(controlPlanes, (plane) => plane.toPostgres.cut())),
    heal: async ({ controlPlanes }) => void (await each(controlPlanes, (plane) => plane.toPostgres.heal())),
  },
  {
    name: 'the network swallows what goes to Postgres',
    touches: ['Postgres'],
    edits: 'refused',
    inject: ({ controlPlanes }) => void each(controlPlanes, (plane) => plane.toPostgres.blackHole()),
    heal: ({ controlPlanes }) => void each(controlPlanes, (plane) => plane.toPostgres.heal()),
  },
  {
    name: 'Postgres answers 50 ms late',
    touches: ['Postgres'],
    edits: 'in force',
    inject: ({ controlPlanes }) => void each(controlPlanes, (plane) => plane.toPostgres.slow(50)),
    heal: ({ controlPlanes }) => void each(controlPlanes, (plane) => plane.toPostgres.heal()),
  },
  {
    name: 'one of two control planes is killed',
    touches: ['control planes'],
    edits: 'in force',
    inject: ({ controlPlanes }) => controlPlanes[0]?.kill(),
    heal: ({ controlPlanes }) => controlPlanes[0]?.start(),
  },
  {
    name: 'one of two control planes stands still (SIGSTOP)',
    touches: ['control planes'],
    edits: 'in force',
    // The one that it was in the middle of, when it is back after the database ended its transaction.
    refusals: 1,
    inject: ({ controlPlanes }) => controlPlanes[0]?.pause(),
    heal: ({ controlPlanes }) => controlPlanes[0]?.resume(),
  },
  {
    name: 'all control planes are killed',
    touches: ['control planes'],
    edits: 'refused',
    inject: async ({ controlPlanes }) => void (await each(controlPlanes, (plane) => plane.kill())),
    heal: async ({ controlPlanes }) => void (await each(controlPlanes, (plane) => plane.start())),
  },
  {
    name: 'a node is killed',
    touches: ['a node'],
    edits: 'in force',
    inject: (bed) => node1(bed)[0]?.kill(),
    heal: (bed) => node1(bed)[0]?.start(),
  },
  {
    name: 'a node stands still (SIGSTOP)',
    touches: ['a node'],
    edits: 'in force',
    inject: (bed) => node1(bed)[0]?.pause(),
    heal: (bed) => node1(bed)[0]?.resume(),
  },
  {
    name: 'a node starts with everything else down, from its disk',
    touches: ['Redis', 'Postgres', 'control planes', 'a node'],
    edits: 'refused',
    async inject(bed) {
      const [node] = node1(bed);
      await each(bed.controlPlanes, (plane) => plane.kill());
      await redisOf(bed).kill();
      // The copy on disk follows what runs within two seconds, and comes before the end of one that is told to stop.
      await node?.kill('SIGTERM');
      await node?.start();
    },
    async heal(bed) {
      await redisOf(bed).start();
      await each(bed.controlPlanes, (plane) => plane.start());
    },
  },
];
