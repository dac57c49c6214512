/** Owns the third answer: does anything need me, with each thing's one action. */
import { CirclePause, CircleX, Flag, X } from 'lucide-react';
import { formatNumberOf } from '../../format/count.ts';
import { Button, classes, IconButton } from '../../parts/button.tsx';
import { showFailure } from '../../parts/toasts.tsx';
import { call } from '../../state/house-client.ts';
import { useMirror } from '../../state/house-store.ts';
import { putAside, usePutAside } from '../../state/put-aside.ts';
import { go, href } from '../../state/route.ts';
import { type Need, type NeedAction, needsOf } from './needs.ts';
import styles from './needs-you.module.css';
import section from './section.module.css';

/** The rest is on the failures screen. */
const MOST_SHOWN = 4;

export function NeedsYou() {
  const house = useMirror((mirror) => mirror.house);
  const seen = usePutAside(({ names }) => names);
  const needs = house === null ? [] : needsOf(house, seen);
  return (
    <section aria-label="Does anything need me?">
      <p className={styles.question}>
        <Flag size={14} strokeWidth={1.8} aria-hidden className={needs.length > 0 ? styles.attention : undefined} />
        Does anything need me?
      </p>
      <p className={styles.answer}>{needs.length === 0 ? 'No' : formatNumberOf(needs.length, 'thing')}</p>
      <p className={styles.note}>{needs.length === 0 ? 'Everything goes its way.' : 'each with what to press'}</p>
      <h2 className={section.title}>
        Needs you
        {needs.length > MOST_SHOWN && (
          <a className={section.link} href={href('failures')}>
            All failures
          </a>
        )}
      </h2>
      {needs.slice(0, MOST_SHOWN).map((need) => (
        <NeedRow key={need.id} need={need} />
      ))}
      {needs.length === 0 && <p className={section.none}>Failures, empty sources and pauses would stand here.</p>}
    </section>
  );
}

function NeedRow({ need: { seenAs, ...need } }: { readonly need: Need }) {
  const Icon = need.tone === 'attention' ? CircleX : CirclePause;
  return (
    <div className={styles.need}>
      <Icon size={16} strokeWidth={1.6} aria-hidden className={classes(styles[need.tone])} />
      <div>
        <p className={styles.title}>{need.title}</p>
        <p className={styles.text}>{need.text}</p>
      </div>
      <Button label={`${need.button}: ${need.title}`} onClick={() => act(need.action)}>
        {need.button}
      </Button>
      {seenAs !== null && (
        <IconButton icon={X} size="small" label={`Dismiss: ${need.title}`} onClick={() => putAside(seenAs)} />
      )}
    </div>
  );
}

function act(action: NeedAction): void {
  switch (action.kind) {
    case 'look':
      go(action.href);
      return;
    case 'resume-pool':
      void call('pool.resume', {}).catch(showFailure);
      return;
    case 'resume-house':
      void call('engine.resume', {}).catch(showFailure);
      return;
    case 'resume-queue':
      void call('queue.resume', { queue: action.queue }).catch(showFailure);
      return;
    case 'resume-migration':
      void call('migration.resume', { migrationId: action.migrationId }).catch(showFailure);
      return;
    case 'retry':
      void call('migration.retryFailed', { migrationId: action.migrationId }).catch(showFailure);
  }
}
