/** Owns the plain facts of a job: keys, headers, digests, times, its migration; each can be copied where it is long. */
import type { ContentHeaders } from '../../../src-shared/model/asset.ts';
import type { JobDetail } from '../../../src-shared/model/job.ts';
import type { MigrationView } from '../../../src-shared/model/migration.ts';
import { KEPT_WORDS, type SourceRemoval } from '../../../src-shared/model/source-removal.ts';
import { formatBytes } from '../../format/bytes.ts';
import { formatMoment } from '../../format/moments.ts';
import { visibleKey } from '../../parts/asset-key.tsx';
import { href } from '../../state/route.ts';
import styles from './job-facts.module.css';
import pane from './job-pane.module.css';
import { useNotice } from './notice-job.ts';
import { CopyButton } from './whole-key.tsx';

const HEADER_NAMES: Readonly<Record<keyof ContentHeaders, string>> = {
  contentType: 'Content-Type',
  cacheControl: 'Cache-Control',
  contentDisposition: 'Content-Disposition',
  contentEncoding: 'Content-Encoding',
  contentLanguage: 'Content-Language',
  expires: 'Expires',
};

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly isCode?: boolean;
  readonly canCopy?: boolean;
}

export function JobFacts({ job, migration }: { readonly job: JobDetail; readonly migration: MigrationView | null }) {
  const notice = useNotice(job);
  return (
    <section className={pane.block}>
      <dl className={styles.facts}>
        <dt>{notice === null ? 'Migration' : 'Notice'}</dt>
        <dd>
          <a
            className={styles.link}
            // A notice belongs to no migration, but to the rule that asked for it.
            href={notice === null ? href('migrations', job.migrationId) : href('notices')}
          >
            {notice?.rule ?? migration?.name ?? `Migration ${job.migrationId}`}
          </a>
        </dd>
        {factsOf(job).map(({ name, value, isCode = false, canCopy = false }) => (
          <FactRow key={name} name={name} value={value} isCode={isCode} canCopy={canCopy} />
        ))}
      </dl>
    </section>
  );
}

function FactRow({ name, value, isCode, canCopy }: Required<Fact>) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        <bdi className={isCode ? styles.code : undefined}>{visibleKey(value)}</bdi>
        {canCopy && <CopyButton value={value} what={name} />}
      </dd>
    </>
  );
}

function sourceFact({ state, because, failure }: SourceRemoval): string {
  if (state === 'kept' && because !== null) return `Kept: ${KEPT_WORDS[because]}.`;
  if (state === 'deleted') return 'Deleted after its copy was proven and recorded.';
  const trouble = failure === null ? '' : ` ${failure.message} ${failure.hint}`;
  return state === 'owed'
    ? `To be deleted.${trouble}`
    : `Could not be deleted.${trouble} Retry the migration to try again.`;
}

function factsOf(job: JobDetail): readonly Fact[] {
  const nowMs = Date.now();
  const { result } = job;
  const headers = Object.entries(HEADER_NAMES).flatMap(([field, name]) => {
    const value = result?.headers[field as keyof ContentHeaders];
    return value === undefined ? [] : [{ name, value, isCode: true }];
  });
  const digests = Object.entries(result?.digests ?? {}).map(([name, value]) => ({
    name: name === 'md5' ? 'MD5' : name === 'sha256' ? 'SHA-256' : 'CRC-32C',
    value,
    isCode: true,
    canCopy: true,
  }));
  return [
    { name: 'Arrives as', value: job.destinationKey, isCode: true, canCopy: true },
    { name: 'Size', value: formatBytes(result?.sizeBytes ?? job.sizeBytes) },
    ...(job.skipReason === null ? [] : [{ name: 'Skipped', value: job.skipReason }]),
    ...(job.sourceRemoval === null ? [] : [{ name: 'Source', value: sourceFact(job.sourceRemoval) }]),
    ...headers,
    ...digests,
    { name: 'Queue', value: job.queue },
    { name: 'Added', value: formatMoment(job.createdAtMs, nowMs) },
    ...(job.finishedAtMs === null ? [] : [{ name: 'Finished', value: formatMoment(job.finishedAtMs, nowMs) }]),
    { name: 'Job', value: String(job.id), isCode: true, canCopy: true },
  ];
}
