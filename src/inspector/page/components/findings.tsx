/** Findings: what is wrong, at whom, and what was seen of it, the worst first. */
import type { VNode } from 'preact';
import type { Survey } from '../store/survey.js';
import type { Finding } from '../store/diagnosis-finding.js';
import { CAUSES } from '../store/diagnosis-finding.js';
import type { Diagnosis } from '../store/diagnosis.js';
import { ageText, clockText, countOf } from '../store/format.js';
import { search, show, timeRange } from '../live/view-state.js';
import { MarkShape } from './state-mark.js';

/** More would push the rest of the view away. */
const MAX_SHOWN = 5;

export function Findings({ survey }: { survey: Survey }): VNode {
  const { diagnosis, diagnosed } = survey;
  const { findings } = diagnosis;
  const when =
    timeRange.value === undefined
      ? `in the last ${ageText(diagnosed.toMs - diagnosed.fromMs)}`
      : `from ${clockText(diagnosed.fromMs)} to ${clockText(diagnosed.toMs)}`;
  return (
    <section class="panel findings" aria-labelledby="findings-title">
      <h3>
        <span id="findings-title">What is wrong</span>
        <span class="num">{when}, from what the records tell alone</span>
      </h3>
      <ol>
        {findings.slice(0, MAX_SHOWN).map((finding) => (
          <Row key={`${finding.cause} ${finding.party?.address ?? ''}`} finding={finding} />
        ))}
        {findings.length === 0 && <Nothing diagnosis={diagnosis} />}
      </ol>
      {findings.length > MAX_SHOWN && (
        <p class="muted">and {countOf(findings.length - MAX_SHOWN, 'more finding')}</p>
      )}
    </section>
  );
}

function Row({ finding }: { finding: Finding }): VNode {
  const { cause, party, words, evidence, suffered } = finding;
  const isHarmless = suffered === 0;
  return (
    <li
      class={`finding ${isHarmless ? 'tone-idle' : 'tone-bad'}`}
      data-testid="finding"
      data-cause={cause}
      data-party={party?.name ?? ''}
    >
      <MarkShape mark={isHarmless ? 'ring' : 'cross'} />
      <div>
        <p class="finding-title">
          {party === undefined ? (
            words
          ) : (
            <>
              <bdi class="finding-party">{party.name}</bdi> {words}
            </>
          )}
        </p>
        <p class="finding-evidence">{evidence.join(' ')}</p>
        <p class="muted">{CAUSES[cause].advice}</p>
      </div>
      {party !== undefined && (
        <button
          type="button"
          class="link"
          aria-label={`Show the calls of ${party.name}`}
          onClick={() => {
            search.value = `peer:${party.address}`;
            show('calls');
          }}
        >
          its calls
        </button>
      )}
    </li>
  );
}

function Nothing({ diagnosis }: { diagnosis: Diagnosis }): VNode {
  const { calls, parties, isEnough } = diagnosis;
  const seen = `${countOf(calls, 'call')} among ${countOf(parties, 'peer')}`;
  return (
    <li
      class={`finding ${isEnough ? 'tone-good' : 'tone-idle'}`}
      data-testid="finding"
      data-cause={isEnough ? 'nothing' : 'tooLittle'}
    >
      <MarkShape mark={isEnough ? 'full' : 'dotted'} />
      <div>
        <p class="finding-title">
          {isEnough ? 'Nothing that the records could tell' : 'Too little to tell'}
        </p>
        <p class="finding-evidence">
          {seen} {calls === 1 ? 'has' : 'have'} ended.
        </p>
      </div>
    </li>
  );
}
