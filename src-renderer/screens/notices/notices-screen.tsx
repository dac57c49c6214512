/**
 * Owns the notices screen: whom to tell, how, and when; and a test of each. Must not show a secret. Shown at
 * `#/notices`.
 */
import { Bell, Mail, Pencil, Plus, Send, Trash2, Webhook } from 'lucide-react';
import { useState } from 'react';
import { FailureError } from '../../../src-shared/model/failure.ts';
import { NOTICE_QUEUE, type NoticeRule } from '../../../src-shared/model/notice-rule.ts';
import { Button, IconButton } from '../../parts/button.tsx';
import { Confirm } from '../../parts/dialog.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeader } from '../../parts/page-header.tsx';
import { showFailure, showToast } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { useHouse } from '../../state/use-house.ts';
import { jobsHref } from '../jobs/job-filter.ts';
import { NoticeDialog } from './notice-dialog.tsx';
import { EVENT_WORDS, targetWords } from './notice-form.ts';
import styles from './notices-screen.module.css';

const ICONS = { webhook: Webhook, email: Mail, desktop: Bell } as const;
/** A test waits so long for its receiver; the job goes on either way. */
const TEST_WAIT_MS = 20_000;

type Asking =
  | { readonly about: 'edit'; readonly rule: NoticeRule | null }
  | { readonly about: 'remove'; readonly rule: NoticeRule };

export function NoticesScreen() {
  const rules = useHouse((house) => house.noticeRules);
  const [asking, setAsking] = useState<Asking | null>(null);
  const close = (): void => setAsking(null);
  const add = (
    <Button icon={Plus} tone="primary" onClick={() => setAsking({ about: 'edit', rule: null })}>
      Add notice
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Notices"
        note={rules.length === 0 ? '' : `${rules.filter(({ enabled }) => enabled).length} in use`}
      >
        <Button onClick={() => window.location.assign(jobsHref({ queue: NOTICE_QUEUE }))}>What was sent</Button>
        {rules.length > 0 && add}
      </PageHeader>
      {rules.length === 0 ? (
        <EmptyState
          title="Nobody is told yet."
          text="A notice tells somebody when a migration has ended, when many of its jobs fail, or when a scheduled run failed: by webhook, by e-mail, or on this desktop."
          action={add}
        />
      ) : (
        <ul className={styles.body} aria-label="Notices">
          {rules.map((rule) => (
            <NoticeRow
              key={rule.id}
              rule={rule}
              onEdit={() => setAsking({ about: 'edit', rule })}
              onRemove={() => setAsking({ about: 'remove', rule })}
            />
          ))}
        </ul>
      )}
      {asking?.about === 'edit' && <NoticeDialog rule={asking.rule} onClose={close} />}
      {asking?.about === 'remove' && (
        <Confirm
          open
          onClose={close}
          onConfirm={() => void call('notice.remove', { ruleId: asking.rule.id }).catch(showFailure)}
          title={`Remove “${asking.rule.name}”?`}
          description="Nobody is told by it any more, and its secret is forgotten."
          action="Remove the notice"
        />
      )}
    </>
  );
}

interface NoticeRowProps {
  readonly rule: NoticeRule;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
}

async function whyNotYet(jobId: number): Promise<string> {
  const { state, summary } = await call('job.explain', { jobId });
  const reason = state === 'running' ? 'The receiver has not answered.' : summary;
  return `Not sent yet. ${reason} It goes out as soon as it can; see “What was sent”.`;
}

function NoticeRow({ rule, onEdit, onRemove }: NoticeRowProps) {
  const { id, name, target, events, enabled, hasSecret, failedAtLeast } = rule;
  const [isTesting, setTesting] = useState(false);
  const gate = useHouse((house) => house.queues.find((queue) => queue.name === NOTICE_QUEUE)?.gate);
  // Full opens by itself, in a moment; whatever else shuts it can take long.
  const isHeld = gate !== undefined && gate.state !== 'open' && gate.state !== 'full';
  const Icon = ICONS[target.channel];

  async function test(): Promise<void> {
    setTesting(true);
    try {
      const { jobId } = await call('notice.test', { ruleId: id });
      const answer = await call('job.result', { jobId, waitMs: isHeld ? 0 : TEST_WAIT_MS });
      if (!answer.done) showToast(await whyNotYet(jobId));
      else if (answer.job.failure !== null) showFailure(new FailureError(answer.job.failure));
      else showToast(`The test went to ${targetWords(target)}.`);
    } catch (thrown) {
      showFailure(thrown);
    } finally {
      setTesting(false);
    }
  }

  return (
    <li className={styles.row} aria-label={`Notice ${name}`} data-off={!enabled}>
      <Icon size={16} strokeWidth={1.6} aria-hidden />
      <div className={styles.name}>
        <strong>{name}</strong>
        <span title={targetWords(target)}>{targetWords(target)}</span>
      </div>
      <span>
        {events.map((event) => EVENT_WORDS[event]).join(', ')}
        {events.includes('migration-failing') && ` (from ${failedAtLeast})`}
      </span>
      <span className={styles.quiet}>
        {enabled ? '' : 'not in use'}
        {hasSecret && `${enabled ? '' : ' · '}a secret is kept`}
      </span>
      <div className={styles.actions}>
        <Button
          size="small"
          icon={Send}
          disabled={isTesting}
          onClick={() => void test()}
          label={`Send a test of ${name}`}
        >
          {isTesting ? (isHeld ? 'Waiting' : 'Sending') : 'Test'}
        </Button>
        <IconButton icon={Pencil} label={`Edit ${name}`} size="small" onClick={onEdit} />
        <IconButton icon={Trash2} label={`Remove ${name}`} size="small" onClick={onRemove} />
      </div>
    </li>
  );
}
