/** What each fate of an inbound frame means, in a few words. */

const WORDS: Readonly<Record<string, string>> = {
  'response.matched': 'settled its call',
  'response.working': 'told its call that the peer is at work',
  'response.challenge': 'asked its call to show where it is',
  'response.late': 'its call had timed out or was cancelled',
  'response.duplicate': 'its call had been answered',
  'response.orphan': 'no call is remembered that has its id',
  'response.wrongPeer': 'its call was to another address',
  'request.run': 'its procedure was started',
  'request.duplicate': 'arrived before; no reply to repeat yet',
  'request.replayed': 'arrived before; the same reply was sent again',
  'request.conflict': 'another request has the same id; not run',
  'request.refused.unknownProcedure': 'no procedure of that name',
  'request.refused.invalidArguments': 'its arguments break the contract',
  'request.refused.overloaded': 'too many procedures run already',
  'request.refused.deadlinePassed': 'its caller waits no longer',
  'request.refused.closing': 'the endpoint is closing',
  'cancel.delivered': 'the procedure it takes back was running',
  'cancel.orphan': 'no such procedure was running',
  badSource: 'from an address to which no answer can go',
  'malformed.tooShort': 'too short to be a frame',
  'malformed.tooLong': 'longer than a request may be',
  'malformed.unknownType': 'of a type that is not known',
  'malformed.truncated': 'declares more than it holds',
  'malformed.depth': 'nested too deep',
  'malformed.reserved': 'a byte that msgpack never uses',
  'malformed.utf8': 'text that is not UTF-8',
  'malformed.key': 'a map with the key __proto__',
  'malformed.duplicateKey': 'a map with the same key twice',
  'malformed.timestamp': 'a time that no Date can hold',
  'malformed.shape': 'not what its type carries',
  'malformed.undecodable': 'the decoder refused it',
};

/** What a fate means; nothing for one that is not known here. */
export function fateWords(fate: string): string {
  return (Object.hasOwn(WORDS, fate) ? WORDS[fate] : undefined) ?? '';
}
