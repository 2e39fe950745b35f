/** Handlers: what the server of the inspect demo offers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fail } from 'rpcudp';
import type { HandlerScope } from 'rpcudp';

const users = new Map([[7, 'Snake Plissken']]);

export const handlers = {
  sayhi: ({ sender }: HandlerScope, name: string): string =>
    `Hello ${name} you live at ${sender.host}:${sender.port}`,

  add: (_: HandlerScope, one: number, other: number): number => one + other,

  find: (_: HandlerScope, id: number): string =>
    users.get(id) ?? fail('noSuchUser', `There is no user ${id}`, { id }),

  /**
   * Ends just before its caller's deadline, so that its answer is on the way when the caller gives
   * up.
   */
  report: async ({ remainingMs }: HandlerScope): Promise<string> => {
    await sleep(Math.max(0, remainingMs - 10));
    return 'All is well';
  },
};
