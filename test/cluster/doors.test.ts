import t from 'tap';
import { Doors } from '../../src/cluster/doors.js';

const A = { host: '10.0.0.1', port: 1 };
const B = { host: '::', port: 2 };
const door = (port: number) => ({ port, key: Buffer.alloc(16, port) });

t.test('a door is found by address and slot, and no more after it is closed', async (t) => {
  const doors = new Doors();
  doors.set(A, 0, door(7));
  doors.set(A, 1, door(8));
  doors.set(B, 1, door(9));
  t.strictSame(doors.get('10.0.0.1:1', 1), door(8));
  t.strictSame(doors.get('[::]:2', 1), door(9));
  t.equal(doors.get('[::]:2', 0), undefined);
  t.strictSame(
    [...doors],
    [
      [A, 0, door(7)],
      [A, 1, door(8)],
      [B, 1, door(9)],
    ],
  );
  t.strictSame(doors.addresses(2), [A], 'where both workers are');
  t.strictSame(doors.addressesOf(1), [A, B]);

  doors.set(A, 0, door(10));
  t.strictSame(doors.get('10.0.0.1:1', 0), door(10), 'a new worker has a new door');
  doors.set(A, 0, undefined);
  doors.set(A, 1, undefined);
  doors.set(B, 0, undefined);
  doors.set(B, 1, undefined);
  t.strictSame([...doors], []);
  t.strictSame(doors.addresses(0), []);
});
