/** Owns the check box, with its words beside it or only for screen readers. Over Base UI. Must not hold state. */
import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import styles from './checkbox.module.css';

export interface CheckboxProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  /** Some, not all. */
  readonly mixed?: boolean;
  readonly hideLabel?: boolean;
  readonly disabled?: boolean;
}

export function Checkbox({
  label,
  checked,
  onChange,
  mixed = false,
  hideLabel = false,
  disabled = false,
}: CheckboxProps) {
  const box = (
    <Base.Root
      checked={checked}
      indeterminate={mixed}
      disabled={disabled}
      onCheckedChange={(next) => onChange(next)}
      aria-label={hideLabel ? label : undefined}
      className={styles.box}
    >
      <Base.Indicator>
        {mixed ? <Minus size={10} strokeWidth={3} aria-hidden /> : <Check size={10} strokeWidth={3} aria-hidden />}
      </Base.Indicator>
    </Base.Root>
  );
  if (hideLabel) return box;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is Base UI's hidden input inside.
    <label className={styles.row}>
      {box}
      {label}
    </label>
  );
}
