/** Topology words: what is written beside nodes and links, and read aloud. */
import { countOf, durationText, rateText } from './format.js';
import { stateWords } from './state-words.js';
import type { TopologyNode } from './topology.js';
import type { TopologyLink } from './topology-links.js';

/** A share as a percentage: `–`, `0 %`, `2.5 %`, `31 %`. */
export function shareText(share: number | undefined): string {
  if (share === undefined) return '–';
  const percent = 100 * share;
  return `${percent > 0 && percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** The rate, the loss and the round trip of a link, as far as they are known. */
export function linkWords({ callsPerSecond, loss, roundTripMs }: TopologyLink): string {
  const words = [`${rateText(callsPerSecond)}/s`];
  if (loss !== undefined && loss > 0) words.push(`${shareText(loss)} lost`);
  if (roundTripMs !== undefined) words.push(durationText(roundTripMs));
  return words.join(' · ');
}

/** Why a node is marked: what is wrong with the worst link that ends at it. */
export function troubleWords(key: string, links: readonly TopologyLink[]): string {
  const worst = links.find(({ to, trouble }) => to === key && trouble !== undefined);
  if (worst === undefined) return '';
  const { health, loss } = worst;
  if (health === 'silent' || health === 'suspect') return stateWords(health).word;
  return `${shareText(loss)} lost`;
}

/** A node for those who do not see the picture. */
export function nodeWords(node: TopologyNode, links: readonly TopologyLink[]): string {
  const { key, name, address, endpoint } = node;
  const words = [name];
  if (name !== address) words.push(address);
  words.push(endpoint === undefined ? 'a peer that does not feed the inspector' : 'an endpoint');
  if (endpoint?.closed !== undefined) words.push(stateWords(endpoint.condition).word);
  const callers = links.filter(({ to }) => to === key).length;
  const called = links.filter(({ from }) => from === key).length;
  if (callers > 0) words.push(`called by ${callers}`);
  if (called > 0) words.push(`calls ${countOf(called, 'peer')}`);
  const trouble = troubleWords(key, links);
  if (trouble !== '') words.push(trouble);
  return words.join(', ');
}

const ENDS = 8;

/** A name that fits below a node: both of its ends tell most. */
export function shortName(name: string): string {
  if (name.length <= 2 * ENDS + 2) return name;
  return `${name.slice(0, ENDS)}…${name.slice(-ENDS)}`;
}
