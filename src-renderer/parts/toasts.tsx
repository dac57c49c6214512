/**
 * Owns short messages about what was just done, where no field could say it. They stay until read: an error never
 * vanishes by itself. Shown once by app.tsx; `showToast` from anywhere.
 */
import { X } from 'lucide-react';
import { create } from 'zustand';
import { toFailure } from '../../src-shared/model/failure.ts';
import { IconButton } from './button.tsx';
import styles from './toasts.module.css';

interface Toast {
  readonly id: number;
  readonly message: string;
  readonly hint: string;
}

const MOST_SHOWN = 3;
const DONE_MS = 5_000;

const useToasts = create<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }));
let lastId = 0;

function add(message: string, hint: string): number {
  lastId += 1;
  const toast = { id: lastId, message, hint };
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-(MOST_SHOWN - 1)), toast] }));
  return toast.id;
}

function remove(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** Something went well: gone after a moment. */
export function showToast(message: string): void {
  const id = add(message, '');
  window.setTimeout(() => remove(id), DONE_MS);
}

/** Something thrown: stays until it is closed. */
export function showFailure(thrown: unknown): void {
  const { message, hint } = toFailure(thrown);
  add(message, hint);
}

export function Toasts() {
  const toasts = useToasts((state) => state.toasts);
  return (
    <div className={styles.region} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={styles.toast}>
          <div>
            <p>{toast.message}</p>
            {toast.hint !== '' && <p className={styles.hint}>{toast.hint}</p>}
          </div>
          <IconButton
            icon={X}
            label="Close this message"
            size="small"
            tone="inverse"
            onClick={() => remove(toast.id)}
          />
        </div>
      ))}
    </div>
  );
}
