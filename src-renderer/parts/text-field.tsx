/**
 * Owns a labelled line (or block) of text with its help and its error at the place where it was typed. Must not
 * validate.
 */
import { type ReactNode, useId } from 'react';
import type { Failure } from '../../src-shared/model/failure.ts';
import { classes } from './button.tsx';
import styles from './field.module.css';

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly help?: string | undefined;
  readonly placeholder?: string | undefined;
  readonly failure?: Failure | null | undefined;
  readonly input?: 'text' | 'password' | 'search' | 'number';
  /** For paths, keys and addresses. */
  readonly mono?: boolean;
  /** Offered while typing; anything else may be typed too. */
  readonly suggestions?: readonly string[];
  /** More than one: a block that grows by hand. */
  readonly rows?: number;
  readonly disabled?: boolean;
  /** It can be read and copied, not changed. */
  readonly readOnly?: boolean;
  readonly autoFocus?: boolean;
  /** Only for screen readers. */
  readonly hideLabel?: boolean;
  /** Beside the input: a button that fills it. */
  readonly action?: ReactNode;
  readonly onBlur?: () => void;
}

export function TextField(props: TextFieldProps) {
  const { label, value, onChange, help, placeholder, failure = null, input = 'text', rows = 1 } = props;
  const id = useId();
  const notes = classes(help !== undefined && `${id}-help`, failure !== null && `${id}-error`);
  const shared = {
    id,
    value,
    placeholder,
    disabled: props.disabled ?? false,
    readOnly: props.readOnly ?? false,
    autoFocus: props.autoFocus ?? false,
    spellCheck: false,
    autoComplete: 'off',
    className: classes(
      styles.input,
      (props.mono ?? false) && styles.mono,
      rows > 1 && input === 'password' && styles.covered,
    ),
    'aria-invalid': failure !== null,
    'aria-describedby': notes === '' ? undefined : notes,
    onBlur: props.onBlur,
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={props.hideLabel === true ? 'spoken' : styles.label}>
        {label}
      </label>
      <div className={styles.line}>
        {rows > 1 ? (
          <textarea {...shared} rows={rows} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <input
            {...shared}
            type={input}
            list={props.suggestions === undefined ? undefined : `${id}-suggestions`}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
        {props.action}
      </div>
      {props.suggestions !== undefined && (
        <datalist id={`${id}-suggestions`}>
          {props.suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion} />
          ))}
        </datalist>
      )}
      <FieldNotes id={id} help={help} failure={failure} />
    </div>
  );
}

/** Help and error below an input, tied to it by `id`. An error takes the place of the help: nothing jumps. */
export function FieldNotes({ id, help, failure }: { id: string; help?: string | undefined; failure: Failure | null }) {
  if (failure === null) {
    return help === undefined ? null : (
      <p id={`${id}-help`} className={styles.help}>
        {help}
      </p>
    );
  }
  return (
    <p id={`${id}-error`} className={styles.error} role="alert">
      {failure.message}
      {failure.hint !== '' && <small>{failure.hint}</small>}
    </p>
  );
}
