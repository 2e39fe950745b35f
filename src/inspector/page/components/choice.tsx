import type { VNode } from 'preact';

/** Chooses one of some names, or none of them. */
export function Choice(props: {
  label: string;
  testId: string;
  value: string;
  names: readonly string[];
  onChange: (name: string) => void;
}): VNode {
  const { label, testId, value, names, onChange } = props;
  return (
    <select
      class="choice"
      aria-label={label}
      data-testid={testId}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    >
      <option value="">{label}</option>
      {(value === '' || names.includes(value) ? names : [value, ...names]).map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
