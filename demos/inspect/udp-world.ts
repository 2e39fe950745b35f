/** UDP world: a crowd in this process, over the loopback network, that an inspector shows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { udpTransport } from 'rpcudp';
import type { Inspector } from 'rpcudp/inspector';
import { SeededRandom } from 'rpcudp/testing';
import type { World } from './crowd.js';

export function udpWorld(inspector: Inspector, seed: number): World {
  return {
    random: new SeededRandom(seed, '/crowd'),
    transport: (port) => udpTransport({ host: '127.0.0.1', port }),
    sleep: (ms) => sleep(ms),
    opened: (endpoint, name) => inspector.attach(endpoint, { name }),
  };
}
