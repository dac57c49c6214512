/**
 * Owns choosing one of a few. Over Base UI's Select. Must not load its choices.
 */
import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronDown } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import type { Failure } from '../../src-shared/model/failure.ts';
import { classes } from './button.tsx';
import field from './field.module.css';
import styles from './select.module.css';
import { FieldNotes } from './text-field.tsx';

export interface Choice<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A second, quieter line in the list. */
  readonly detail?: string;
  /** Before the label: a chip, an icon. */
  readonly mark?: ReactNode;
  readonly disabled?: boolean;
}

export interface SelectProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly choices: readonly Choice<Value>[];
  readonly onChange: (value: Value) => void;
  readonly help?: string | undefined;
  readonly failure?: Failure | null | undefined;
  readonly hideLabel?: boolean;
  readonly disabled?: boolean;
  /** Underlined instead of boxed: in the middle of a form's sentence. */
  readonly quiet?: boolean;
}

export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, value, choices, onChange, failure = null } = props;
  const id = useId();
  const chosen = choices.find((choice) => choice.value === value);
  return (
    <div className={field.field}>
      <span id={`${id}-label`} className={props.hideLabel === true ? 'spoken' : field.label}>
        {label}
      </span>
      <Base.Root
        value={value}
        disabled={props.disabled ?? false}
        onValueChange={(next) => {
          if (next !== null) onChange(next);
        }}
      >
        <Base.Trigger
          aria-labelledby={`${id}-label ${id}-value`}
          aria-invalid={failure !== null}
          className={classes(styles.trigger, props.quiet === true && styles.quiet)}
        >
          {chosen?.mark}
          <span id={`${id}-value`} className={styles.value}>
            {chosen?.label ?? '–'}
          </span>
          <Base.Icon className={styles.arrow}>
            <ChevronDown size={14} strokeWidth={1.8} aria-hidden />
          </Base.Icon>
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner className={styles.layer} sideOffset={4} alignItemWithTrigger={false}>
            <Base.Popup className={styles.popup}>
              <Base.List>
                {choices.map((choice) => (
                  <Base.Item
                    key={choice.value}
                    value={choice.value}
                    disabled={choice.disabled ?? false}
                    className={styles.item}
                  >
                    <span>
                      <Base.ItemIndicator>
                        <Check size={14} strokeWidth={2} aria-hidden />
                      </Base.ItemIndicator>
                    </span>
                    <span>{choice.mark}</span>
                    <Base.ItemText className={styles.text}>{choice.label}</Base.ItemText>
                    {choice.detail !== undefined && <span className={styles.detail}>{choice.detail}</span>}
                  </Base.Item>
                ))}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
      <FieldNotes id={id} help={props.help} failure={failure} />
    </div>
  );
}
