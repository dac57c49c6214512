/** Owns how many attempts may use one account at once, whatever the queues allow. Used by the account pane. */
import { useState } from 'react';
import { commands } from '../../../src-shared/contract/commands.ts';
import type { AccountView } from '../../../src-shared/model/provider.ts';
import { Button } from '../../parts/button.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { TextField } from '../../parts/text-field.tsx';
import { call } from '../../state/house-client.ts';
import { checkForm, numberOrNone } from '../checked-form.ts';
import pane from '../jobs/job-pane.module.css';
import { useSave } from '../use-save.ts';

const WORDS = { maxAttempts: 'A whole number from 1 to 1,024, or nothing.' };

export function AccountLimit({ account }: { readonly account: AccountView }) {
  /** null: nothing typed, the house's own number stands there. */
  const [typed, setTyped] = useState<string | null>(null);
  const { complaints, isSaving, forget, save } = useSave(Object.keys(WORDS));
  const kept = account.maxAttempts === null ? '' : String(account.maxAttempts);
  const shown = typed ?? kept;

  async function submit(): Promise<void> {
    const limit = { accountId: account.id, maxAttempts: numberOrNone(shown) };
    const checked = checkForm(commands['account.limit'].params, limit, WORDS);
    if (await save(checked, (params) => call('account.limit', params))) setTyped(null);
  }

  return (
    <section className={pane.block}>
      <div className={pane.caption}>
        <h2>Limit</h2>
      </div>
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <TextField
          label="Jobs that may use it at once"
          value={shown}
          onChange={(text) => {
            setTyped(text);
            forget();
          }}
          placeholder="as many as the queues allow"
          help="In all queues together. Empty: as many as the queues allow."
          failure={complaints.maxAttempts}
          action={
            <Button type="submit" disabled={isSaving || shown === kept} label={`Save the limit of ${account.name}`}>
              Save
            </Button>
          }
        />
      </form>
    </section>
  );
}
