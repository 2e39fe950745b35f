/**
 * gRPC over one HTTP/2 connection: unary calls of a hand-written service, whose message is the
 * plain text.
 */
import { loadPeer } from '../peers.js';
import { HOST, TEXT } from './contestant.js';
import type { Client } from './contestant.js';

type Callback<Value> = (error: Error | null, value: Value) => void;

interface Grpc {
  readonly credentials: { createInsecure(): object };
  readonly ServerCredentials: { createInsecure(): object };
  readonly Client: new (address: string, credentials: object) => GrpcClient;
  readonly Server: new () => GrpcServer;
}

interface GrpcClient {
  makeUnaryRequest(
    path: string,
    serialize: (text: string) => Buffer,
    deserialize: (bytes: Buffer) => string,
    request: string,
    callback: Callback<string>,
  ): void;
}

interface GrpcServer {
  addService(
    service: { readonly echo: typeof ECHO },
    handlers: { echo(call: { request: string }, callback: Callback<string>): void },
  ): void;
  bindAsync(address: string, credentials: object, callback: Callback<number>): void;
}

const toBytes = (text: string): Buffer => Buffer.from(text);
const toText = (bytes: Buffer): string => bytes.toString();

const ECHO = {
  path: '/bench.Echo/echo',
  requestStream: false,
  responseStream: false,
  requestSerialize: toBytes,
  requestDeserialize: toText,
  responseSerialize: toBytes,
  responseDeserialize: toText,
} as const;

export function connectGrpc(port: number): Promise<Client<string>> {
  const grpc = loadPeer('@grpc/grpc-js') as Grpc;
  const client = new grpc.Client(`${HOST}:${port}`, grpc.credentials.createInsecure());
  return Promise.resolve({
    call: () =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(ECHO.path, toBytes, toText, TEXT, (error, text) => {
          if (error) reject(error);
          else resolve(text);
        });
      }),
    textOf: (text) => text,
  });
}

export function serveGrpc(): Promise<number> {
  const grpc = loadPeer('@grpc/grpc-js') as Grpc;
  const server = new grpc.Server();
  server.addService({ echo: ECHO }, { echo: ({ request }, callback) => callback(null, request) });
  return new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:0`, grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}
