/** Owns changing how much all queues together may read and write a second. Used by the settings screen. */
import { useState } from 'react';
import { commands } from '../../../src-shared/contract/commands.ts';
import { Button } from '../../parts/button.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { call } from '../../state/house-client.ts';
import { useHouse } from '../../state/use-house.ts';
import { CapField } from '../cap-field.tsx';
import { CAP_WORDS, type CapDraft, toCap, toCapDraft } from '../cap-form.ts';
import { checkForm } from '../checked-form.ts';
import { useSave } from '../use-save.ts';
import styles from './settings-screen.module.css';

export function BandwidthSettings() {
  const { bandwidthCap } = useHouse((house) => house.settings);
  /** null: nothing typed, the house's own cap stands there. */
  const [typed, setTyped] = useState<CapDraft | null>(null);
  const { complaints, isSaving, forget, save } = useSave(Object.keys(CAP_WORDS));
  const shown = typed ?? toCapDraft(bandwidthCap, Intl.DateTimeFormat().resolvedOptions().timeZone);
  const submit = async (): Promise<void> => {
    const checked = checkForm(commands['settings.update'].params, { bandwidthCap: toCap(shown) }, CAP_WORDS);
    if (await save(checked, (change) => call('settings.update', change))) setTyped(null);
  };
  return (
    <section className={styles.section} aria-label="Bandwidth">
      <h2>Bandwidth</h2>
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      <form
        className={styles.stack}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <CapField
          draft={shown}
          onChange={(draft) => {
            setTyped(draft);
            forget();
          }}
          complaints={complaints}
          help="All queues together, reading and writing each. Empty: no cap. What runs goes on at the new pace."
        />
        <div>
          <Button type="submit" disabled={isSaving || typed === null} label="Save the bandwidth cap">
            Save
          </Button>
        </div>
      </form>
    </section>
  );
}
