/** Class: what the doctor can say, each with its exit code and with what to do. */
import { namesOf } from '../vocabulary.js';

interface ClassRow {
  /** From 10, so that it differs from those of the other commands. */
  readonly exitCode: number;
  /** For the table of classes, in at most 56 characters. */
  readonly words: string;
  readonly advice: string;
}

/**
 * Every class. Of several that hold, the diagnosis is the one that explains the others; it is not
 * the order here that decides, but `diagnose`.
 */
export const CLASSES = {
  healthy: {
    exitCode: 0,
    words: 'an rpcudp endpoint answers, and nothing is wrong',
    advice: 'Nothing.',
  },
  nobodyListens: {
    exitCode: 10,
    words: 'nobody listens there: ICMP says so',
    advice:
      'Start the server, or correct the port. If it runs, it is bound to another address of its host.',
  },
  swallowed: {
    exitCode: 11,
    words: 'the host is there, and this port swallows everything',
    advice:
      'Open the port in the firewall of that host. If an old rpcudp server may be there, name a ' +
      'procedure that it has: --call <procedure>.',
  },
  oldServer: {
    exitCode: 12,
    words: 'a server of rpcudp 5.x (Python) or older answers',
    advice:
      'Calls work, and lost ones are not repeated, because it would run them twice. Let `attempts` ' +
      'allow that where it does no harm.',
  },
  answeredElsewhere: {
    exitCode: 13,
    words: 'the answers come from another address',
    advice:
      'Bind the server to the one address that clients ask, not to all; or ask the address that ' +
      'answers.',
  },
  natTrouble: {
    exitCode: 14,
    words: 'a NAT changes or forgets the mapping of a local port',
    advice:
      'Send something before the mapping ends, every 15 s or so; and do not tell others an address ' +
      'that a server has seen.',
  },
  conntrack: {
    exitCode: 15,
    words: 'connection tracking has a full table, or an old entry',
    advice:
      'For an old entry: conntrack -D -p udp --orig-port-src <port>, or another local port. For a ' +
      'full table: raise net.netfilter.nf_conntrack_max, or do not track this traffic.',
  },
  lossy: {
    exitCode: 16,
    words: 'datagrams are lost on the way',
    advice:
      'Look for full queues, bad radio links and small receive buffers on the way. Calls are ' +
      'repeated, and take longer.',
  },
  sizeLimited: {
    exitCode: 17,
    words: 'large datagrams do not pass',
    advice:
      'Keep arguments and results below the limit, and set maxBundleBytes below it; or let ' +
      'fragments and ICMP "fragmentation needed" through.',
  },
  localStall: {
    exitCode: 18,
    words: 'this process stood still, or its clock jumped',
    advice:
      'Ask again when this machine has less to do. A service that stalls so long loses datagrams.',
  },
  localRefusal: {
    exitCode: 19,
    words: 'this machine refuses to send there',
    advice: 'Look at its routes (ip route get <host>) and the output rules of its firewall.',
  },
  unreachable: {
    exitCode: 20,
    words: 'the network says that the host cannot be reached: ICMP',
    advice: 'Look at the routes on the way, and at firewalls that reject what they forbid.',
  },
  severalAddresses: {
    exitCode: 21,
    words: 'a name means several addresses, which answer differently',
    advice:
      'Correct the addresses of the name, or start the server at each of them. A client may use any.',
  },
  nameUnknown: {
    exitCode: 22,
    words: 'the name means no address',
    advice: 'Correct the name, or look at the resolver of this machine.',
  },
  cannotTell: {
    exitCode: 23,
    words: 'cannot tell',
    advice:
      'Run the doctor on the host of the server, against 127.0.0.1 and against its own address. If ' +
      'an old rpcudp server may be there, name a procedure that it has: --call <procedure>.',
  },
} as const satisfies Readonly<Record<string, ClassRow>>;

export type ClassName = keyof typeof CLASSES;

export const CLASS_NAMES = namesOf(CLASSES);
