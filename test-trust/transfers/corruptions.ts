/**
 * Owns the ways in which bytes go wrong between a source and a destination, each tried over and over: an attempt that
 * says "completed" must have the source's bytes at the destination, one that fails must leave nothing wrong behind, and
 * the next must mend it. Called by run-trust-tests.ts.
 */

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Provider } from '../../src-main/providers/provider.ts';
import type { AttemptReport } from '../../src-shared/contract/worker-messages.ts';
import { DEFAULT_POLICIES } from '../../src-shared/model/migration.ts';
import type { TrialTable } from '../trial-table.ts';
import { AttemptDesk, LARGE_BYTES, type Side, SMALL_BYTES, type Transfer, withWrite } from './attempt-desk.ts';

/** As many as the engine gives a job. */
const MAX_ATTEMPTS = 5;

interface Corruption {
  readonly name: string;
  readonly from: Side;
  readonly to: Side;
  readonly sizeBytes: number;
  /** Makes it go wrong from now on. */
  readonly begin: (desk: AttemptDesk, key: string) => void;
  /** Before the second attempt; what it leaves out is mended by then. */
  readonly meanwhile?: (desk: AttemptDesk, key: string) => void;
  /** The attempt knows the version of the listing. */
  readonly isListed?: boolean;
  readonly wrap?: (desk: AttemptDesk, key: string) => (destination: Provider) => Provider;
}

const flip = (bytes: Buffer): Buffer => {
  const other = Buffer.from(bytes);
  const at = Math.floor(Math.random() * other.length);
  other[at] = (other[at] ?? 0) ^ 0x10;
  return other;
};
const cut = (bytes: Buffer): Buffer =>
  bytes.subarray(0, bytes.length - 1 - Math.floor((Math.random() * bytes.length) / 2));
const extend = (bytes: Buffer): Buffer => Buffer.concat([bytes, randomBytes(1 + Math.floor(Math.random() * 100))]);
const half = { cutsAfterBytes: LARGE_BYTES / 2 };

const small = { sizeBytes: SMALL_BYTES };
const large = { sizeBytes: LARGE_BYTES };
const webToDisk = { from: 'http', to: 'local' } as const;
const webToS3 = { from: 'http', to: 's3' } as const;
const s3ToDisk = { from: 's3', to: 'local' } as const;
const s3ToS3 = { from: 's3', to: 's3' } as const;

const CORRUPTIONS: readonly Corruption[] = [
  { name: 'the source is cut', ...webToDisk, ...small, begin: ({ http }) => (http.quirks = { cutsAfterBytes: 9_000 }) },
  {
    name: 'the source is cut and declared no length',
    ...webToS3,
    ...large,
    begin: ({ http }) => (http.quirks = { ...half, sendsNoLength: true }),
  },
  {
    name: 'the source sends more than it declared',
    ...webToDisk,
    ...large,
    begin: ({ http }) => (http.quirks = { sendsMore: randomBytes(500) }),
  },
  {
    name: 'the rest of the source is another range than was asked for',
    ...webToDisk,
    ...large,
    begin: ({ http }) => (http.quirks = half),
    meanwhile: ({ http }) => (http.quirks = { shiftsRanges: true }),
  },
  {
    name: 'the source became another between two attempts',
    ...webToS3,
    ...large,
    begin: ({ http }) => (http.quirks = half),
    meanwhile: (desk, key) => desk.plant('http', 'from', key, randomBytes(LARGE_BYTES)),
  },
  {
    name: 'what was kept of the source is damaged on our disk',
    ...webToS3,
    ...large,
    begin: ({ http }) => (http.quirks = half),
    meanwhile: ({ spoolFolder }) => damageFiles(spoolFolder),
  },
  {
    name: 'what is known of the bytes that are staged is damaged on our disk',
    ...webToDisk,
    ...large,
    begin: ({ http }) => (http.quirks = half),
    meanwhile: ({ spoolFolder }) => damageFiles(spoolFolder),
  },
  {
    name: 'what is staged at the destination is damaged between two attempts',
    ...webToDisk,
    ...large,
    begin: ({ http }) => (http.quirks = half),
    meanwhile: ({ folder }) => damageFiles(join(folder, 'to'), '.partial'),
  },
  {
    name: 'the source becomes another while it is read',
    ...webToDisk,
    ...large,
    begin: ({ http }) => (http.quirks = { changesTo: randomBytes(LARGE_BYTES) }),
  },
  {
    name: 'the source became another since it was listed',
    ...webToS3,
    ...small,
    isListed: true,
    begin: (desk, key) => desk.plant('http', 'from', key, randomBytes(SMALL_BYTES)),
  },
  {
    name: 'a portal answers 200 with a page of its own',
    ...webToDisk,
    ...small,
    isListed: true,
    begin: ({ http }, key) =>
      http.pages.set(`/${key}`, { status: 200, headers: { 'content-type': 'text/html' }, body: '<h1>Sign in</h1>' }),
  },
  {
    name: 'a bit is flipped while it is read',
    ...s3ToDisk,
    ...small,
    begin: ({ s3 }) => (s3.quirks = { sends: flip }),
  },
  { name: 'less is read than there is', ...s3ToDisk, ...large, begin: ({ s3 }) => (s3.quirks = { sends: cut }) },
  { name: 'more is read than there is', ...s3ToDisk, ...small, begin: ({ s3 }) => (s3.quirks = { sends: extend }) },
  {
    name: 'the service copies another version than was listed',
    ...s3ToS3,
    ...small,
    isListed: true,
    begin: (desk, key) => desk.plant('s3', 'from', key, randomBytes(SMALL_BYTES)),
  },
  {
    name: 'a copy answers 200 with an error inside',
    ...s3ToS3,
    ...small,
    begin: ({ s3 }) => (s3.quirks = { failsInside: true }),
  },
  {
    name: 'a bit is flipped while it is stored',
    ...webToS3,
    ...small,
    begin: ({ s3 }) => (s3.quirks = { stores: flip }),
  },
  { name: 'less is stored than was sent', ...webToS3, ...small, begin: ({ s3 }) => (s3.quirks = { stores: cut }) },
  { name: 'more is stored than was sent', ...webToS3, ...small, begin: ({ s3 }) => (s3.quirks = { stores: extend }) },
  {
    name: 'a bit is flipped and the ETag is that of something else',
    ...webToS3,
    ...small,
    begin: ({ s3 }) => (s3.quirks = { stores: flip, toldETag: '"0123456789abcdef0123456789abcdef"' }),
  },
  {
    name: 'a write answers 200 with an error inside',
    ...webToS3,
    ...small,
    begin: ({ s3 }) => (s3.quirks = { failsInside: true }),
  },
  { name: 'a bit of every part is flipped', ...webToS3, ...large, begin: ({ s3 }) => (s3.quirks = { stores: flip }) },
  {
    name: 'parts change places',
    ...webToS3,
    ...large,
    begin: ({ s3 }) =>
      (s3.quirks = { assembles: ([one, other, ...rest]) => (one && other ? [other, one, ...rest] : rest) }),
  },
  {
    name: 'a part is missing',
    ...webToS3,
    ...large,
    begin: ({ s3 }) => (s3.quirks = { assembles: (parts) => parts.slice(1) }),
  },
  {
    name: 'a part is there twice',
    ...webToS3,
    ...large,
    begin: ({ s3 }) => (s3.quirks = { assembles: (parts) => [...parts, ...parts.slice(-1)] }),
  },
  {
    name: 'the completion answers 200 with an error inside',
    ...webToS3,
    ...large,
    begin: ({ s3 }) => (s3.quirks = { failsInside: true }),
  },
  {
    name: 'the answer to the completion is lost',
    ...webToS3,
    ...large,
    begin: ({ s3 }) => (s3.quirks = { losesCompletion: true }),
  },
  {
    name: 'the parts that were left are of other bytes',
    ...webToS3,
    ...large,
    begin: ({ s3 }) => (s3.quirks = { failsInside: true }),
    meanwhile: (desk, key) => desk.plant('http', 'from', key, randomBytes(LARGE_BYTES)),
  },
  {
    name: 'another writes to the new file before it is proven',
    ...webToDisk,
    ...small,
    begin: () => undefined,
    wrap: (desk, key) => onceWritten(() => desk.plant('local', 'to', key, randomBytes(SMALL_BYTES))),
  },
  {
    name: 'the new file is cut before it is proven',
    ...s3ToDisk,
    ...large,
    begin: () => undefined,
    wrap: (desk, key) =>
      onceWritten(() => desk.plant('local', 'to', key, desk.landed('local', key)?.subarray(1) ?? Buffer.alloc(0))),
  },
];

/** Four routes that nothing disturbs. */
const CLEAN: readonly Corruption[] = [webToDisk, webToS3, s3ToDisk, s3ToS3].flatMap((route) =>
  [small, large].map((size) => ({ name: 'nothing', ...route, ...size, begin: () => undefined })),
);

export async function runCorruptions(table: TrialTable, timesEach: number, cleanOnes: number): Promise<void> {
  const desk = await AttemptDesk.open();
  const falseSuccesses: string[] = [];
  const falseFailures: string[] = [];
  let trials = 0;
  async function tryOut(corruption: Corruption, trial: number): Promise<void> {
    trials += 1;
    const outcome = await judge(desk, corruption, `asset ${trials}.bin`);
    for (const wrong of outcome.falseSuccesses) falseSuccesses.push(`${corruption.name}, ${trial}: ${wrong}`);
    if (outcome.falseFailure !== null) falseFailures.push(`${corruption.name}, ${trial}: ${outcome.falseFailure}`);
  }
  try {
    for (const corruption of CORRUPTIONS) {
      for (let trial = 1; trial <= timesEach; trial += 1) await tryOut(corruption, trial);
    }
    for (let trial = 1; trial <= cleanOnes; trial += 1) {
      const clean = CLEAN[trial % CLEAN.length];
      if (clean !== undefined) await tryOut(clean, trial);
    }
  } finally {
    await desk.close();
  }
  const kinds = `${CORRUPTIONS.length} corruptions, ${cleanOnes} clean ones`;
  table.add({
    guarantee: 'G6',
    what: `completed means proven: no false success (${kinds})`,
    trials,
    worst: null,
    failures: falseSuccesses,
  });
  table.add({
    guarantee: 'G6',
    what: 'no false failure: clean ones at once, the others as soon as the fault is gone',
    trials,
    worst: null,
    failures: falseFailures,
  });
}

async function judge(
  desk: AttemptDesk,
  corruption: Corruption,
  key: string,
): Promise<{ readonly falseSuccesses: readonly string[]; readonly falseFailure: string | null }> {
  const { from, to, sizeBytes, name } = corruption;
  const falseSuccesses: string[] = [];
  const offered = await desk.offer(from, key, sizeBytes);
  const wrap = corruption.wrap?.(desk, key);
  const transfer: Transfer = {
    from,
    to,
    key,
    versionToken: corruption.isListed === true ? offered.versionToken : null,
    policies: DEFAULT_POLICIES,
    ...(wrap === undefined ? {} : { wrap }),
  };
  let report: AttemptReport | null = null;
  corruption.begin(desk, key);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    // After a change the engine forgets the version that was listed; the fault is gone from the second on.
    report = await desk.attempt(attempt === 1 ? transfer : { ...transfer, versionToken: null });
    const landed = desk.landed(to, key);
    const isRight = landed !== null && desk.sourceOf(from, key).equals(landed);
    if (report.kind === 'completed' || report.kind === 'skipped') {
      if (!isRight) falseSuccesses.push(`attempt ${attempt} is ${report.kind}, and the destination holds other bytes`);
      break;
    }
    if (report.kind === 'failed' && !report.failure.retryable) break;
    if (name === 'nothing') break;
    desk.http.quirks = {};
    desk.http.pages.clear();
    desk.s3.quirks = {};
    if (attempt === 1) corruption.meanwhile?.(desk, key);
  }
  desk.http.quirks = {};
  desk.http.pages.clear();
  desk.s3.quirks = {};
  const ended = report?.kind === 'completed' || report?.kind === 'skipped';
  return { falseSuccesses, falseFailure: ended ? null : JSON.stringify(report) };
}

function damageFiles(folder: string, ending = ''): void {
  for (const name of readdirSync(folder).filter((each) => each.endsWith(ending))) {
    writeFileSync(join(folder, name), flip(readFileSync(join(folder, name))));
  }
}

/** Does something after the first write, before anybody looks at what was written. */
function onceWritten(meddle: () => void): (destination: Provider) => Provider {
  let isDone = false;
  return (inner) =>
    withWrite(inner, async (...given) => {
      const written = await inner.write(...given);
      if (!isDone) meddle();
      isDone = true;
      return written;
    });
}
