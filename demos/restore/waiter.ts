/** The process of `demo:restore` that is killed: it orders a pizza, once, however often it starts. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { actorsOf, createEndpoint } from 'rpcudp';
import { createActor, setup, waitFor } from 'xstate';
import type { Snapshot } from 'xstate';
import type { Oven } from './oven.js';

/** What is on the disk. The peer knows the call by the port that it came from. */
interface Saved {
  readonly port: number;
  readonly snapshot: Snapshot<unknown>;
}

const [address = '', file = ''] = process.argv.slice(2);
const saved = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Saved) : undefined;
const endpoint = await createEndpoint({ host: '127.0.0.1', port: saved?.port ?? 0 });

const guest = setup({
  actors: { bake: actorsOf<Oven['handlers']>(endpoint).outcome('bake') },
}).createMachine({
  initial: 'waiting',
  states: {
    waiting: {
      invoke: {
        src: 'bake',
        input: { address, args: ['Pizza'], timeoutMs: 300_000 },
        onDone: [
          {
            guard: ({ event }) => event.output.state === 'resolved',
            target: 'eating',
            actions: ({ event: { output } }) => {
              if (output.state === 'resolved') console.log(`${output.value} is served`);
            },
          },
          // Perhaps it was baked all the same: then nobody knows, and a person has to decide.
          { target: 'hungry', actions: ({ event }) => console.log(event.output.state) },
        ],
      },
    },
    eating: { type: 'final' },
    hungry: { type: 'final' },
  },
});

const actor = createActor(guest, saved === undefined ? {} : { snapshot: saved.snapshot });
actor.subscribe(() => {
  const { port } = endpoint.address;
  writeFileSync(`${file}.new`, JSON.stringify({ port, snapshot: actor.getPersistedSnapshot() }));
  // Whole or not at all, whenever the process is killed.
  renameSync(`${file}.new`, file);
});
actor.start();
process.send?.('waiting');
await waitFor(actor, ({ status }) => status === 'done');
await endpoint.close();
process.disconnect();
