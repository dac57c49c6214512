/** Owns making and changing a notice rule. A secret is typed here and never shown again. Used by the notices screen. */
import { useState } from 'react';
import type { Failure } from '../../../src-shared/model/failure.ts';
import { NOTICE_EVENTS, type NoticeEvent, type NoticeRule } from '../../../src-shared/model/notice-rule.ts';
import { Button } from '../../parts/button.tsx';
import { Checkbox } from '../../parts/checkbox.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { FailureNote } from '../../parts/failure-note.tsx';
import { Select } from '../../parts/select.tsx';
import { FieldNotes, TextField } from '../../parts/text-field.tsx';
import { call } from '../../state/house-client.ts';
import { useAppInfo } from '../use-app-info.ts';
import { useSave } from '../use-save.ts';
import { EVENT_WORDS, NOTICE_FIELDS, type NoticeForm, toNoticeForm, toRule } from './notice-form.ts';
import styles from './notices-screen.module.css';

export interface NoticeDialogProps {
  /** null: a new one. */
  readonly rule: NoticeRule | null;
  readonly onClose: () => void;
}

export function NoticeDialog({ rule, onClose }: NoticeDialogProps) {
  const [form, setForm] = useState(() => toNoticeForm(rule));
  const { complaints, isSaving, forget, save } = useSave(NOTICE_FIELDS);
  const { info } = useAppInfo();
  const change = (changed: Partial<NoticeForm>): void => {
    setForm({ ...form, ...changed });
    forget();
  };
  const submit = async (): Promise<void> => {
    if (await save(toRule(form, rule?.id ?? null), (params) => call('notice.save', params))) onClose();
  };
  const toggle = (event: NoticeEvent): void =>
    change({
      events: form.events.includes(event) ? form.events.filter((other) => other !== event) : [...form.events, event],
    });
  const kept = rule?.hasSecret === true ? 'One is kept; empty leaves it as it is.' : undefined;
  const receiver = Object.entries(complaints).find(([field]) => field.startsWith('target.to'))?.[1] ?? null;
  return (
    <Dialog
      open
      onClose={onClose}
      title={rule === null ? 'Add a notice' : `Edit ${rule.name}`}
      description="Notices wait in a queue of their own: a slow receiver never holds a transfer."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" disabled={isSaving} onClick={() => void submit()}>
            Save notice
          </Button>
        </>
      }
    >
      {complaints.form !== undefined && <FailureNote failure={complaints.form} />}
      <TextField label="Name" value={form.name} onChange={(name) => change({ name })} failure={complaints.name} />
      <Select
        label="How"
        value={form.channel}
        choices={[
          { value: 'webhook', label: 'Webhook' },
          { value: 'email', label: 'E-mail' },
          { value: 'desktop', label: 'Notification of this desktop', disabled: info?.door === 'headless' },
        ]}
        onChange={(channel) => change({ channel })}
        failure={complaints['target.channel']}
      />
      {form.channel === 'webhook' && <WebhookFields form={form} change={change} complaints={complaints} kept={kept} />}
      {form.channel === 'email' && (
        <EmailFields form={form} change={change} complaints={complaints} kept={kept} receiver={receiver} />
      )}
      <fieldset className={styles.events}>
        <legend>Tell when</legend>
        {NOTICE_EVENTS.map((event) => (
          <Checkbox
            key={event}
            label={EVENT_WORDS[event]}
            checked={form.events.includes(event)}
            onChange={() => toggle(event)}
          />
        ))}
        <FieldNotes id="notice-events" failure={complaints.events ?? null} />
      </fieldset>
      {form.events.includes('migration-failing') && (
        <TextField
          label="When so many of its jobs have failed"
          value={form.failedAtLeast}
          onChange={(failedAtLeast) => change({ failedAtLeast })}
          failure={complaints.failedAtLeast}
        />
      )}
      <Checkbox label="In use" checked={form.enabled} onChange={(enabled) => change({ enabled })} />
    </Dialog>
  );
}

interface FieldsProps {
  readonly form: NoticeForm;
  readonly change: (changed: Partial<NoticeForm>) => void;
  readonly complaints: Readonly<Record<string, Failure>>;
  readonly kept: string | undefined;
}

function WebhookFields({ form, change, complaints, kept }: FieldsProps) {
  return (
    <>
      <TextField
        label="Address"
        mono
        value={form.url}
        onChange={(url) => change({ url })}
        placeholder="https://example.com/hooks/transship"
        failure={complaints['target.url']}
      />
      <Checkbox
        label="Allow private addresses"
        checked={form.allowPrivate}
        onChange={(allowPrivate) => change({ allowPrivate })}
      />
      <TextField
        label="Signing secret"
        input="password"
        value={form.secret}
        onChange={(secret) => change({ secret })}
        help={kept ?? 'With it, requests are signed as Standard Webhooks says.'}
        failure={complaints.secret}
      />
    </>
  );
}

function EmailFields({
  form,
  change,
  complaints,
  kept,
  receiver,
}: FieldsProps & { readonly receiver: Failure | null }) {
  return (
    <>
      <div className={styles.three}>
        <TextField
          label="Mail server"
          value={form.host}
          onChange={(host) => change({ host })}
          failure={complaints['target.host']}
        />
        <TextField
          label="Port"
          value={form.port}
          onChange={(port) => change({ port })}
          failure={complaints['target.port']}
        />
        <Select
          label="Security"
          value={form.security}
          choices={[
            { value: 'tls', label: 'TLS' },
            { value: 'starttls', label: 'STARTTLS' },
            { value: 'none', label: 'None' },
          ]}
          onChange={(security) => change({ security })}
        />
      </div>
      <div className={styles.two}>
        <TextField
          label="User"
          value={form.user}
          onChange={(user) => change({ user })}
          help="Empty: without a login."
          failure={complaints['target.user']}
        />
        <TextField
          label="Password"
          input="password"
          value={form.secret}
          onChange={(secret) => change({ secret })}
          help={kept}
          failure={complaints.secret}
        />
      </div>
      <TextField
        label="From"
        value={form.from}
        onChange={(from) => change({ from })}
        failure={complaints['target.from']}
      />
      <TextField
        label="To"
        value={form.to}
        onChange={(to) => change({ to })}
        help="More than one with commas."
        failure={receiver}
      />
    </>
  );
}
