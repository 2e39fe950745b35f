import fc from 'fast-check';
import t from 'tap';
import { HEADER_BYTES } from '../../src/wire/frame.js';
import { decodeResponse, encodeResponse } from '../../src/wire/response.js';
import { PreciseDate } from '../../src/wire/timestamp.js';
import { datagramOf, TEST_ID } from '../fixtures/msgpack-values.js';

t.test('timestamps are the bytes that Python sends and reads', async (t) => {
  // umsgpack.packb(datetime) of u-msgpack-python 2.8.0
  const vectors: readonly [string, number, string][] = [
    ['1970-01-01T00:00:00.000Z', 0, 'd6ff00000000'],
    ['2024-02-29T12:30:45.000Z', 0, 'd6ff65e078f5'],
    ['2024-02-29T12:30:45.123Z', 0, 'd7ff1d53530065e078f5'],
    ['2024-02-29T12:30:45.123Z', 456_000, 'd7ff1d6f280065e078f5'],
    ['1969-12-31T23:59:59.999Z', 0, 'c70cff3b8b87c0ffffffffffffffff'],
    ['1900-01-01T00:00:00.000Z', 0, 'c70cff00000000ffffffff7c558180'],
    ['9999-12-31T23:59:59.000Z', 0, 'c70cff000000000000003afff4417f'],
    ['2106-02-07T06:28:16.000Z', 0, 'd7ff0000000100000000'],
  ];
  for (const [iso, finer, body] of vectors) {
    const date = finer === 0 ? new Date(iso) : new PreciseDate(Date.parse(iso), finer);
    t.equal(encodeResponse(TEST_ID, date).toDatagram().toString('hex', 21), body, iso);
    const end = HEADER_BYTES + body.length / 2;
    t.strictSame(decodeResponse(datagramOf(1, body)), { value: date, end }, iso);
  }
});

t.test('a whole millisecond gives a Date, anything finer a PreciseDate', async (t) => {
  const read = (body: string): object => decodeResponse(datagramOf(1, body));
  t.notOk((read('d7ff1d53530065e078f5') as { value: Date }).value instanceof PreciseDate);
  t.match(read('d7ff1d6f280065e078f5'), { value: { subMillisecondNanoseconds: 456_000 } });
});

t.test('every time that a Date can hold, to the nanosecond, arrives as it was sent', async () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.date({ noInvalidDate: true }),
        fc.constantFrom(new Date(8.64e15), new Date(-8.64e15)),
      ),
      fc.oneof(fc.constant(0), fc.constant(999_999), fc.nat(999_999)),
      (date, finer) => {
        const sent = new PreciseDate(date.getTime(), finer);
        const got = decodeResponse(encodeResponse(TEST_ID, sent).toDatagram()) as {
          value: PreciseDate;
        };
        return (
          got.value.getTime() === date.getTime() &&
          (finer === 0
            ? !(got.value instanceof PreciseDate)
            : got.value.subMillisecondNanoseconds === finer)
        );
      },
    ),
  );
});

t.test('a PreciseDate takes whole nanoseconds below a millisecond', async (t) => {
  for (const finer of [-1, 1_000_000, 0.5, NaN]) {
    t.throws(() => new PreciseDate(0, finer), RangeError, String(finer));
  }
  t.equal(new PreciseDate(0, 999_999).subMillisecondNanoseconds, 999_999);
});
