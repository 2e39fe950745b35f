/** What the server offers; its type is what the client checks its calls against. */
import type { HandlerScope } from 'rpcudp';

export const handlers = {
  sayhi: ({ sender }: HandlerScope, name: string): string =>
    `Hello ${name} you live at ${sender.host}:${String(sender.port)}`,
};
