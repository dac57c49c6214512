/**
 * Owns sending a checked form to the house: what is wrong with it, and that it is on its way. Must not know fields.
 * Used by the forms of queues, settings and account limits.
 */
import { useState } from 'react';
import { toFailure } from '../../src-shared/model/failure.ts';
import { type Checked, type Complaints, placeRefusal } from './checked-form.ts';

export interface Save {
  readonly complaints: Complaints;
  readonly isSaving: boolean;
  /** After a change: what was wrong may be right now. */
  readonly forget: () => void;
  /** Sends what is right. False when the form or the house refused it; the complaints say why. */
  readonly save: <Value>(checked: Checked<Value>, send: (value: Value) => Promise<unknown>) => Promise<boolean>;
}

/** `fields`: those that are shown; a refusal about any other stands above the form. */
export function useSave(fields: readonly string[]): Save {
  const [complaints, setComplaints] = useState<Complaints>({});
  const [isSaving, setSaving] = useState(false);

  async function save<Value>(checked: Checked<Value>, send: (value: Value) => Promise<unknown>): Promise<boolean> {
    setComplaints(checked.ok ? {} : checked.complaints);
    if (!checked.ok) return false;
    setSaving(true);
    try {
      await send(checked.value);
      return true;
    } catch (thrown) {
      setComplaints(placeRefusal(toFailure(thrown), fields));
      return false;
    } finally {
      setSaving(false);
    }
  }

  return { complaints, isSaving, forget: () => setComplaints({}), save };
}
