/**
 * Owns every button: outlined, primary, ghost, danger, and the square one with just an icon. Must not hold state.
 */
import { Button as BaseButton } from '@base-ui/react/button';
import { Tooltip } from '@base-ui/react/tooltip';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import styles from './button.module.css';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly onClick?: () => void;
  readonly icon?: LucideIcon;
  readonly tone?: 'outlined' | 'primary' | 'ghost' | 'danger' | 'inverse';
  readonly size?: 'small' | 'normal' | 'large';
  readonly disabled?: boolean;
  readonly type?: 'button' | 'submit';
  /** Said by screen readers when the visible words are not enough. */
  readonly label?: string;
}

export function Button({
  children,
  onClick,
  icon: Icon,
  tone = 'outlined',
  size = 'normal',
  disabled = false,
  type = 'button',
  label,
}: ButtonProps) {
  return (
    <BaseButton
      type={type}
      disabled={disabled}
      aria-label={label}
      onClick={onClick}
      className={classes(styles.button, tone !== 'outlined' && styles[tone], size !== 'normal' && styles[size])}
    >
      {Icon !== undefined && <Icon size={14} strokeWidth={1.8} aria-hidden />}
      {children}
    </BaseButton>
  );
}

/** Soon enough for who looks for it, late enough for a pointer that only passes. */
const TIP_DELAY_MS = 250;

export interface IconButtonProps {
  readonly icon: LucideIcon;
  /** What it does: its name for everyone who does not see the icon, and its tooltip. */
  readonly label: string;
  readonly onClick?: () => void;
  readonly size?: 'small' | 'normal';
  readonly tone?: 'ghost' | 'outlined' | 'inverse';
  readonly disabled?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function IconButton({
  icon: Icon,
  label,
  onClick,
  size = 'normal',
  tone = 'ghost',
  disabled = false,
  ref,
  ...rest
}: IconButtonProps) {
  const button = (
    <BaseButton
      {...rest}
      ref={ref}
      type="button"
      disabled={disabled}
      aria-label={label}
      onClick={onClick}
      className={classes(
        styles.button,
        styles.icon,
        tone !== 'outlined' && styles[tone],
        size === 'small' && styles.small,
      )}
    >
      <Icon size={16} strokeWidth={1.6} aria-hidden />
    </BaseButton>
  );
  return (
    <Tooltip.Root>
      <Tooltip.Trigger delay={TIP_DELAY_MS} render={button} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={4} className={styles.tipPlace}>
          <Tooltip.Popup className={styles.tip}>{label}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}

/** Class names that are there, in one string. */
export function classes(...names: readonly (string | false | undefined)[]): string {
  return names.filter((name) => name !== false && name !== undefined).join(' ');
}
