/** Refusals: callers that the sensor service does not let in, and what they are told. */
import type { Outcome, SocketAddress } from 'rpcudp';
import { Device } from './device.js';
import { issueToken } from './token.js';

const READING = { number: 1, celsius: 20 };
const TOO_HOT = { number: 1, celsius: 400 };

/**
 * Calls in each way that is refused, and prints how.
 *
 * @throws Error if the service does not refuse it as it should
 */
export async function showRefusals(server: SocketAddress, secret: string): Promise<void> {
  const soonMs = Date.now() + 60_000;
  const token = issueToken({ name: 'visitor', expiresAtMs: soonMs }, secret);
  const forged = issueToken({ name: 'greenhouse', expiresAtMs: soonMs }, 'a guess');
  const expired = issueToken({ name: 'greenhouse', expiresAtMs: soonMs - 120_000 }, secret);
  await refused(server, undefined, 'tokenMissing', 'Without a token');
  await refused(server, forged, 'tokenForged', 'With a forged token');
  await refused(server, expired, 'tokenExpired', 'With a token of the past');

  const visitor = await Device.open('visitor', server, token);
  try {
    await visitor.server.call('record', [TOO_HOT]);
    throw new Error('The contract let a reading pass that it must not');
  } catch (error) {
    console.log(`A wrong reading does not leave the device: ${(error as Error).message}`);
  }
  const unchecked = visitor.endpoint.peer(server).call('record', [TOO_HOT]);
  show('A wrong reading that was sent all the same', await unchecked, 'invalidArguments');
  await visitor.endpoint.close();
}

async function refused(
  server: SocketAddress,
  token: string | undefined,
  code: string,
  what: string,
): Promise<void> {
  const device = await Device.open('stranger', server, token);
  show(what, await device.server.call('record', [READING]), code);
  await device.endpoint.close();
}

function show(what: string, outcome: Outcome, code: string): void {
  if (outcome.state !== 'rejected' || outcome.error.code !== code) {
    throw new Error(`${what}: ${outcome.state}, and not refused as ${code}`);
  }
  console.log(`${what}: ${code}, "${outcome.error.message}"`);
}
