/**
 * The dissector for Wireshark has the words and limits of the codec. Its text is read, so that a
 * failure names what is missing.
 */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { namesOf } from '../../../src/vocabulary.js';
import { MAX_BUNDLE_FRAMES } from '../../../src/wire/bundle.js';
import { DROP_REASONS } from '../../../src/wire/drop-reason.js';
import {
  HEADER_BYTES,
  MAX_REQUEST_BODY_BYTES,
  MIN_DATAGRAM_BYTES,
} from '../../../src/wire/frame.js';
import { FRAME_TYPES } from '../../../src/wire/frame-type.js';
import { KEY } from '../../../src/wire/header-map.js';
import {
  MAX_HEADER_NAME_LENGTH,
  MAX_HEADERS,
  MAX_READ_HEADERS_BYTES,
} from '../../../src/wire/headers.js';
import { MAX_DEPTH } from '../../../src/wire/skim.js';

const lua = readFileSync('src/inspector/capture/wireshark/rpcudp.lua', 'utf8');

/** The rows of a table that is not indented: from `{` to the `}` on its own line. */
function rowsOf(name: string): string[] {
  const [, body = ''] = new RegExp(`^local ${name} = \\{\n([^]*?)^\\}`, 'm').exec(lua) ?? [];
  return body.split('\n').filter((row) => /^ {2}\S/.test(row));
}

/** `local A, B = 0, 1` */
function constants(): Map<string, number> {
  const found = new Map<string, number>();
  for (const [, names = '', values = ''] of lua.matchAll(/^local ([A-Z_, ]+) = ([\d, ]+)$/gm)) {
    const numbers = values.split(', ').map(Number);
    for (const [index, name] of names.split(', ').entries()) found.set(name, numbers[index] ?? NaN);
  }
  return found;
}

t.test('it has each frame type, and reads its body', async (t) => {
  const byName = constants();
  const told = rowsOf('TYPE_NAMES').map((row) => {
    const [, constant = '', type = ''] = /\[(\w+)\] = "(\w+)"/.exec(row) ?? [];
    return { byte: byName.get(constant), type, read: lua.includes(`body_readers[${constant}] = `) };
  });
  const expected = namesOf(FRAME_TYPES).map((type) => {
    return { byte: FRAME_TYPES[type].byte, type, read: true };
  });
  t.same(told, expected);
});

t.test('it has each reason to drop, in the same words', async (t) => {
  const told = rowsOf('FAULTS').map((row) => {
    const [, reason = '', rule = ''] = /(\w+) = "([^"]*)"/.exec(row) ?? [];
    return { reason, rule };
  });
  const expected = namesOf(DROP_REASONS).map((reason) => {
    return { reason, rule: DROP_REASONS[reason].rule };
  });
  // The dissector has one decoder, without a guard in front of it.
  t.same(
    told,
    expected.filter(({ reason }) => reason !== 'undecodable'),
  );
});

t.test('it has each key of a header map', async (t) => {
  const told = rowsOf('HEADER_ENTRIES').flatMap((row) => /^ {2}\[(\d+)\] = /.exec(row)?.[1] ?? []);
  t.same(told.map(Number), Object.values(KEY));
});

t.test('its limits are those of the codec', async (t) => {
  const bounds = {
    ...{ HEADER_BYTES, MIN_BYTES: MIN_DATAGRAM_BYTES, MAX_REQUEST_BODY_BYTES },
    ...{ MAX_DEPTH, MAX_BUNDLE_FRAMES },
    ...{ MAX_HEADER_NAME_LENGTH, MAX_HEADERS, MAX_READ_HEADERS_BYTES },
  };
  const told = constants();
  for (const [name, bound] of Object.entries(bounds)) t.equal(told.get(name), bound, name);
});
