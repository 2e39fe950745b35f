/**
 * Frame fields: the bytes of a frame and their meaning, side by side. What is pointed at is marked
 * in both, and so are the fields inside of it.
 */
import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { bytesOf, decode } from '../live/decode.js';
import type { Field, HexLine } from '../store/datagram-hex.js';
import { BYTES_A_LINE, endOfField, hexLines } from '../store/datagram-hex.js';
import { countOf } from '../store/format.js';
import { reveal } from './reveal.js';

/** A request has at most 8,725 bytes. Of what is longer, the beginning is shown. */
const MAX_SHOWN_BYTES = 8_736;
const MAX_SHOWN_FIELDS = 1_000;

/** The fields that are marked: the one that is pointed at, and those up to `end` inside of it. */
interface Marked {
  readonly field: number;
  readonly end: number;
}

type Mark = (field: number | undefined) => void;

/** Is drawn again only for another frame, although what is around it is drawn ten times a second. */
export function FrameFields({ base64 }: { base64: string }): VNode {
  return useMemo(() => <BytesAndFields base64={base64} />, [base64]);
}

function BytesAndFields({ base64 }: { base64: string }): VNode {
  const [explained, setExplained] = useState<readonly Field[] | string>();
  const [field, setField] = useState<number>();
  useEffect(() => {
    let wanted = true;
    setField(undefined);
    void decode(base64).then((decoded) => {
      if (wanted) setExplained(decoded);
    });
    return () => {
      wanted = false;
    };
  }, [base64]);
  const bytes = useMemo(() => bytesOf(base64), [base64]);
  const fields = typeof explained === 'object' ? explained : NONE;
  const lines = useMemo(
    () => hexLines(bytes.subarray(0, MAX_SHOWN_BYTES), fields),
    [bytes, fields],
  );
  const marked = field === undefined ? undefined : { field, end: endOfField(fields, field) };
  return (
    <div class="decoded" data-testid="decoded" onMouseLeave={() => setField(undefined)}>
      <Hex
        lines={lines}
        fault={fields.findIndex(({ label }) => label === 'fault')}
        marked={marked}
        mark={setField}
        more={bytes.length - MAX_SHOWN_BYTES}
      />
      {explained === undefined && <p class="muted">…</p>}
      {typeof explained === 'string' && <p class="muted">{explained}</p>}
      {fields.length > 0 && <Fields fields={fields} marked={marked} mark={setField} />}
    </div>
  );
}

const NONE: readonly Field[] = [];

function Hex(props: {
  lines: readonly HexLine[];
  /** The field that makes the frame malformed; -1 if there is none. */
  fault: number;
  marked: Marked | undefined;
  mark: Mark;
  more: number;
}): VNode {
  const { lines, fault, marked, mark, more } = props;
  const element = useRef<HTMLPreElement>(null);
  useEffect(() => {
    reveal(element.current, element.current?.querySelector<HTMLElement>('.byte-marked'));
  }, [marked?.field]);
  return (
    <pre
      ref={element}
      class="hex"
      tabIndex={0}
      aria-label="Bytes in hexadecimal"
      onMouseOver={({ target }) => {
        const at = (target as HTMLElement).dataset['field'];
        if (at !== undefined) mark(Number(at));
      }}
    >
      {lines.map(({ offset, runs }) => (
        <div key={offset}>
          <span class="hex-offset">{`${offset.toString(16).padStart(4, '0')}  `}</span>
          {runs.map(({ field, hex, column }) => (
            <span key={column}>
              <span class={classOf(field, fault, marked)} data-field={field}>
                {hex}
              </span>{' '}
            </span>
          ))}
          {' '.repeat(3 * (BYTES_A_LINE - lengthOf(runs)) + 1)}
          {runs.map(({ field, text, column }) => (
            <span key={column} class={classOf(field, fault, marked)} data-field={field}>
              {text}
            </span>
          ))}
        </div>
      ))}
      {more > 0 && `… ${countOf(more, 'more byte')}`}
    </pre>
  );
}

function lengthOf(runs: HexLine['runs']): number {
  return runs.reduce((sum, { text }) => sum + text.length, 0);
}

function classOf(
  field: number | undefined,
  fault: number,
  marked: Marked | undefined,
): string | undefined {
  if (field === undefined) return undefined;
  if (field === marked?.field) return 'byte-marked';
  if (marked !== undefined && field > marked.field && field < marked.end) return 'byte-within';
  return field === fault ? 'byte-fault' : undefined;
}

function Fields(props: {
  fields: readonly Field[];
  marked: Marked | undefined;
  mark: Mark;
}): VNode {
  const { fields, marked, mark } = props;
  const shown = fields.slice(0, MAX_SHOWN_FIELDS);
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    reveal(element.current, element.current?.querySelector<HTMLElement>('[aria-selected=true]'));
  }, [marked?.field]);
  const step = (to: number) => mark(Math.max(0, Math.min(shown.length - 1, to)));
  return (
    <div class="fields-column">
      <div
        ref={element}
        class="fields"
        role="listbox"
        tabIndex={0}
        aria-label="Fields; the arrow keys go from one to the next"
        aria-activedescendant={marked && `field-${marked.field}`}
        onKeyDown={(event) => {
          const by = STEPS[event.key];
          if (by === undefined) return;
          event.preventDefault();
          event.stopPropagation();
          step(marked === undefined ? 0 : marked.field + by);
        }}
        onBlur={() => mark(undefined)}
      >
        {shown.map((field, index) => (
          <FieldRow
            key={index}
            field={field}
            index={index}
            isMarked={marked?.field === index}
            mark={mark}
          />
        ))}
      </div>
      {fields.length > shown.length && (
        <p class="muted">{countOf(fields.length - shown.length, 'more field')}</p>
      )}
    </div>
  );
}

const STEPS: Readonly<Record<string, number | undefined>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
};

function FieldRow(props: { field: Field; index: number; isMarked: boolean; mark: Mark }): VNode {
  const { field, index, isMarked, mark } = props;
  const { offset, bytes, label, detail, depth } = field;
  return (
    <div
      id={`field-${index}`}
      class={label === 'fault' ? 'field field-fault' : 'field'}
      role="option"
      aria-selected={isMarked}
      data-testid="field"
      data-label={label}
      onMouseEnter={() => mark(index)}
    >
      <span class="num muted right" title="Its first byte, and how many it has">
        {offset}
        <small>+{bytes.length / 2}</small>
      </span>
      <span class="field-label" style={{ paddingLeft: `${Math.min(depth, 8) * 12}px` }}>
        {label}
      </span>
      <bdi class="field-detail">{detail}</bdi>
    </div>
  );
}
