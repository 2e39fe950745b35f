/** Taps that cannot harm the endpoint that they follow. */
import type { Tap } from '../../actor/inspection.js';

/** A tap that does the same as the given one. Errors that it throws go to `report`. */
export function guardedTap(tap: Tap, report: (error: unknown) => void): Tap {
  return {
    actorStarted: (actorRef) => {
      try {
        tap.actorStarted(actorRef);
      } catch (error) {
        report(error);
      }
    },
    actorStepped: (actorRef, event) => {
      try {
        tap.actorStepped(actorRef, event);
      } catch (error) {
        report(error);
      }
    },
    datagramSent: (datagram, host, port) => {
      try {
        tap.datagramSent(datagram, host, port);
      } catch (error) {
        report(error);
      }
    },
    datagramLeft: (datagram, error) => {
      try {
        tap.datagramLeft(datagram, error);
      } catch (problem) {
        report(problem);
      }
    },
    datagramReceived: (datagram, host, port, atMs) => {
      try {
        tap.datagramReceived(datagram, host, port, atMs);
      } catch (error) {
        report(error);
      }
    },
    datagramSettled: (fates) => {
      try {
        tap.datagramSettled(fates);
      } catch (error) {
        report(error);
      }
    },
  };
}
