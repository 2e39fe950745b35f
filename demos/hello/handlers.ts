/** Handlers: what the server offers. The client checks its calls against their type. */
import type { HandlerScope } from 'rpcudp';

export const handlers = {
  sayhi: ({ sender }: HandlerScope, name: string): string =>
    `Hello ${name} you live at ${sender.host}:${String(sender.port)}`,
};
