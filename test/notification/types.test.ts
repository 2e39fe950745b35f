/**
 * What callers infer for notifications. The compiler is the test: `npm run check` fails when a line
 * compiles that must not, or the reverse. Only the last line is run.
 */
import t from 'tap';
import type { SnapshotFrom } from 'xstate';
import type {
  AnyEndpoint,
  EndpointStats,
  HandlerScope,
  Notification,
  NotificationEnd,
  NotificationEnding,
  NotificationReport,
} from '../../src/index.js';
import type { Equal, Expect } from '../fixtures/type-equal.js';

const handlers = {
  moved: (_scope: HandlerScope, x: number, y?: number) => x + (y ?? 0),
  ping: () => undefined,
  note: ({ oneWay }: HandlerScope) => oneWay satisfies boolean,
};

function typed(client: AnyEndpoint) {
  const peer = client.peer<typeof handlers>('127.0.0.1:1');
  const made = peer.notify('moved', [1, 2], { latest: 'k' });
  peer.notify('ping');
  peer.notify('ping', [], { latest: 1 });
  client.broadcast([peer], 'moved', [1]);
  client.broadcast(new Set([peer]), 'ping');
  client.broadcast([client.peer('127.0.0.1:2')], 'anything', ['at all']);
  // @ts-expect-error no such procedure
  peer.notify('mowed', [1]);
  // @ts-expect-error the argument is a number
  peer.notify('moved', ['1']);
  // @ts-expect-error the argument is missing
  peer.notify('moved');
  // @ts-expect-error a key is a text or a number
  peer.notify('moved', [1], { latest: {} });
  // @ts-expect-error no option of a notification
  peer.notify('moved', [1], { timeoutMs: 1 });
  // @ts-expect-error no such procedure
  client.broadcast([peer], 'mowed', [1]);
  // @ts-expect-error the argument is a number
  client.broadcast([peer], 'moved', ['1']);
  made.on('notification.dropped', ({ reason, error }) => {
    reason satisfies string;
    error satisfies Error | undefined;
  });
  made.on('notification.replaced', ({ by }) => by satisfies string);
  // @ts-expect-error no such report
  made.on('notification.lost', () => undefined);
  return { made };
}

type Made = ReturnType<typeof typed>['made'];

export type Checks = [
  Expect<Equal<Made, Notification>>,
  Expect<Equal<SnapshotFrom<Made>['context']['end'], NotificationEnd | undefined>>,
  Expect<
    Equal<
      NotificationReport['type'],
      'notification.sent' | 'notification.replaced' | 'notification.dropped'
    >
  >,
  Expect<Equal<keyof EndpointStats['notifications'], NotificationEnding>>,
  // Nobody answers, and there is nothing to cancel.
  Expect<Equal<Extract<keyof Made, 'then' | 'value' | 'cancel'>, never>>,
];

t.match([handlers, typed], [Object, Function]);
