/**
 * The calls of BitTorrent's DHT (BEP 5): bencoded dictionaries, ids of two bytes, each sent once.
 */
import type { Socket } from 'node:dgram';
import { loadPeer } from '../peers.js';
import { HOST, TEXT } from './contestant.js';
import type { Client } from './contestant.js';
import { boundSocket } from '../../bound-socket.js';

type OpenKrpc = (options: { socket: Socket }) => Krpc;

interface Krpc {
  address(): { port: number };
  query(
    peer: { host: string; port: number },
    query: { q: string; a: { text: string } },
    callback: (error: Error | null, message: Message<'r'>) => void,
  ): void;
  response(peer: Peer, query: Message<'a'>, response: { text: Buffer }): void;
  on(event: 'query', listener: (query: Message<'a'>, peer: Peer) => void): void;
}

type Message<Body extends 'a' | 'r'> = Readonly<Record<Body, { readonly text: Buffer }>>;

interface Peer {
  readonly address: string;
  readonly port: number;
}

export async function connectKrpc(port: number): Promise<Client<Message<'r'>>> {
  const krpc = await open();
  const peer = { host: HOST, port };
  return {
    call: () =>
      new Promise((resolve, reject) => {
        krpc.query(peer, { q: 'echo', a: { text: TEXT } }, (error, message) => {
          if (error) reject(error);
          else resolve(message);
        });
      }),
    textOf: ({ r }) => r.text.toString(),
  };
}

export async function serveKrpc(): Promise<number> {
  const krpc = await open();
  krpc.on('query', (query, peer) => krpc.response(peer, query, { text: query.a.text }));
  return krpc.address().port;
}

async function open(): Promise<Krpc> {
  const openKrpc = loadPeer('k-rpc-socket') as OpenKrpc;
  return openKrpc({ socket: await boundSocket() });
}
