/** What `rpcudp doctor` prints for people: the diagnosis, what was seen, and what to do. */
import { CLASSES } from '../doctor/class.js';
import type { Diagnosis } from '../doctor/diagnosis.js';
import type { Finding, Sign } from '../doctor/findings.js';
import { printable } from '../legible/printable.js';

/** The signs before the rows. */
const SIGNS: Readonly<Record<Sign, string>> = { fine: 'ok', bad: '!!', seen: '--', unclear: '??' };

/** The lines are safe for a terminal, whatever strangers have sent. */
export function reportLines(diagnosis: Diagnosis, findings: readonly Finding[]): string[] {
  const { name, because, advice, also } = diagnosis;
  const width = findings.reduce((most, { examination }) => Math.max(most, examination.length), 0);
  return [
    `${name}: ${CLASSES[name].words}`,
    because,
    ...also.map((one) => `also ${one.name}: ${one.because}`),
    '',
    ...findings.map(
      ({ examination, sign, text }) => `${SIGNS[sign]}  ${examination.padEnd(width)}  ${text}`,
    ),
    '',
    `What to do: ${advice}`,
    ...also.map((one) => `For ${one.name}: ${CLASSES[one.name].advice}`),
  ].map(printable);
}
