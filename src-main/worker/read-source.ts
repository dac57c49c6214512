/**
 * Owns the steps `open` and `spool`: reads the source once, whole, into the spool, and makes sure that it is sound. Must
 * not know the destination beyond its limits. Called by run-attempt.ts.
 */
import type { AssetHead, ListedAsset } from '../../src-shared/model/asset.ts';
import { fail } from '../../src-shared/model/failure.ts';
import { type Attempt, OTHERS_WAIT_MS } from './attempt.ts';
import { fingerprintOf } from './fingerprint.ts';
import { notDripped } from './least-speed.ts';
import { rereadBody } from './reread-body.ts';
import { DIGEST_NAMES, type DigestName, type Spool, type SpooledBody } from './spool.ts';
import { asStated, assertEndIsKnown, assertStatedSize } from './stated-asset.ts';
import { steadyBytes } from './steady-body.ts';
import { watchCall } from './watch-call.ts';

export interface SpooledAsset {
  readonly head: AssetHead;
  readonly body: SpooledBody;
  /** The read took so long that the source may have changed under it, and is asked again. */
  readonly wasLong: boolean;
  /** Throws what the source failed with while its bytes were on their way: it explains a write that broke with it. */
  assertSound(): void;
  /** Stops the reading if it still goes on. Never rejects. */
  close(): Promise<void>;
}

/** A read shorter than this is one answer about one version; asking again would only cost a request for each asset. */
const LONG_READ_MS = 1_000;

/**
 * Fills the spool. With `mayOverlap`, what rests in a file is handed on while it still arrives; else it resolves when all
 * is there. Throws FailureError: `network` when more or fewer bytes came than were declared, `source-changed` when it is
 * not the version that was listed, `checksum-mismatch` when the bytes are not what the source vouches for, `too-large`,
 * `timeout`, `disk-full`, or the provider's own.
 */
export async function readSource(attempt: Attempt, spool: Spool, mayOverlap: boolean): Promise<SpooledAsset> {
  attempt.meter.enter('open');
  if (mayReread(attempt) && !(mayOverlap && stages(attempt))) return leftThere(attempt, await findSource(attempt));
  if (mayOverlap && mayWindow(attempt)) {
    const head = await findSource(attempt);
    const remoteName = fingerprintOf(attempt.order.source, head, '');
    // What the source vouches for can only be compared with the whole, in its order.
    if (head.digests.md5 === undefined && remoteName !== null) return leftThere(attempt, head, remoteName);
  }
  const stop = new AbortController();
  const reading = mayOverlap ? { ...attempt, signal: AbortSignal.any([attempt.signal, stop.signal]) } : attempt;
  const startedAtMs = performance.now();
  const begun = Promise.withResolvers<AssetHead>();
  const whole = fillSpool(reading, spool, mayOverlap, begun.resolve);
  let isOver = false;
  let failed: { readonly reason: unknown } | null = null;
  whole.then(
    () => {
      isOver = true;
      spool.release();
    },
    (reason: unknown) => {
      isOver = true;
      failed = { reason };
      spool.fail(reason);
    },
  );
  const rest = {
    wasLong: true,
    assertSound(): void {
      if (failed === null) return;
      attempt.meter.enter('spool');
      throw failed.reason;
    },
    async close(): Promise<void> {
      if (!isOver) {
        const reason = new Error('nobody needs the rest of the source');
        stop.abort(reason);
        spool.fail(reason);
      }
      await whole.catch(() => undefined);
    },
  };
  if (mayOverlap) {
    const head = await Promise.race([begun.promise, whole.then((asset) => asset.head)]);
    if (spool.kind !== 'memory' && head.sizeBytes >= 0) return { ...rest, head, body: spool.arriving(head.sizeBytes) };
  }
  const { head, body } = await whole;
  return { ...rest, head, body, wasLong: spool.kind !== 'memory' || performance.now() - startedAtMs > LONG_READ_MS };
}

/** Only where the source can be read from the middle is the beginning worth keeping. */
function canGoOn({ source }: Attempt): boolean {
  return source.descriptor.capabilities.rangeReads;
}

/**
 * What rests in memory is read once; more than that is left where it is, when reading it again is cheap. Not where a list
 * states what the bytes are: that must be known before they are written.
 */
function mayReread({ source, order, memorySpoolBytes }: Attempt): boolean {
  if (order.stated !== undefined || order.sizeBytes === null) return false;
  return source.descriptor.capabilities.rereads && order.sizeBytes > memorySpoolBytes;
}

/** A window of parts goes from end to end, and nothing rests here: however large it is, no disk has to hold it. */
function mayWindow({ source, destination, order }: Attempt): boolean {
  const { windowsFromBytes } = destination.descriptor.capabilities;
  const isLarge = windowsFromBytes !== null && order.sizeBytes !== null && order.sizeBytes >= windowsFromBytes;
  return isLarge && order.versionToken !== null && source.descriptor.capabilities.certainRanges;
}

/** What is large enough not to rest in memory passes to such a destination, and is staged nowhere else. */
function stages({ destination }: Attempt): boolean {
  return destination.descriptor.capabilities.stages === true;
}

/** As it is now; it must still be the version that was listed. */
async function findSource(attempt: Attempt): Promise<AssetHead> {
  const { container, key } = attempt.order.source;
  const head = await watchCall(attempt, 'The source', (signal) => attempt.source.head(container, key, signal));
  if (head === null) return fail('not-found', 'The asset is no longer at the source.');
  const { versionToken } = attempt.order;
  if (versionToken !== null && head.versionToken !== versionToken) {
    fail('source-changed', 'The asset changed since it was listed.', { hint: 'Another attempt copies what is there.' });
  }
  assertFits(attempt, head.sizeBytes);
  attempt.meter.total(head.sizeBytes);
  return head;
}

function leftThere(attempt: Attempt, head: AssetHead, remoteName?: string): SpooledAsset {
  const body = rereadBody(attempt, head, remoteName === undefined ? digestsToTake(attempt, head) : []);
  return {
    head,
    body: remoteName === undefined ? body : { ...body, remoteName },
    wasLong: true,
    assertSound: () => undefined,
    close: async () => undefined,
  };
}

/** `onBegun` hears of the head when room for its bytes is made. Resolves when the bytes are all there, and sound. */
async function fillSpool(
  attempt: Attempt,
  spool: Spool,
  mayOverlap: boolean,
  onBegun: (head: AssetHead) => void,
): Promise<{ readonly head: AssetHead; readonly body: SpooledBody }> {
  const { meter } = attempt;
  const startedAtMs = performance.now();
  const { order } = attempt;
  const head = await watchCall(attempt, 'The source', async (signal, alive) => {
    const ifVersion = order.versionToken === null ? {} : { ifVersion: order.versionToken };
    const { container, key } = order.source;
    let opened = await attempt.source.open(container, key, { ...ifVersion, signal });
    try {
      assertEndIsKnown(order, opened);
      const stated = asStated(order, opened.head);
      const declaredBytes = stated.sizeBytes;
      if (declaredBytes >= 0) assertStatedSize(order, declaredBytes);
      assertFits(attempt, declaredBytes);
      const mostBytes = declaredBytes >= 0 ? declaredBytes : (order.stated?.sizeBytes ?? Number.POSITIVE_INFINITY);
      const passes = mayOverlap && stages(attempt) && declaredBytes > attempt.memorySpoolBytes;
      if (!passes) assertRoom(attempt, declaredBytes);
      alive(attempt.patience.stallMs);
      meter.enter('spool');
      if (declaredBytes >= 0) {
        meter.total(declaredBytes);
        const fingerprint = canGoOn(attempt) ? fingerprintOf(order.source, opened.head) : null;
        const digests = digestsToTake(attempt, stated);
        // What is kept may be many gigabytes: reading them is not the source's silence.
        let thereBytes: number;
        if (passes) {
          await spool.pass(declaredBytes, digests, fingerprint);
          onBegun(stated);
          alive(OTHERS_WAIT_MS);
          thereBytes = await spool.passed();
        } else {
          thereBytes = await spool.expect(declaredBytes, digests, fingerprint, () => alive(attempt.patience.stallMs));
        }
        alive(attempt.patience.stallMs);
        meter.spooled(thereBytes);
        if (thereBytes > 0 && thereBytes < declaredBytes && opened.head.versionToken !== undefined) {
          opened.close();
          const range = { first: thereBytes, last: declaredBytes - 1 };
          opened = await attempt.source.open(container, key, { range, ifVersion: opened.head.versionToken, signal });
        }
      }
      onBegun(stated);
      const isAllThere = declaredBytes > 0 && spool.sizeBytes === declaredBytes;
      const missing = { first: spool.sizeBytes, last: declaredBytes - 1 };
      const rest = notDripped(steadyBytes(attempt, opened, missing, signal), attempt.patience.slowMs, 'The source');
      for await (const chunk of isAllThere ? [] : rest) {
        signal.throwIfAborted();
        if (passes) alive(OTHERS_WAIT_MS);
        await spool.append(chunk);
        if (attempt.pace.isCapped) {
          alive(OTHERS_WAIT_MS);
          await attempt.pace.take('read', chunk.length, signal);
        }
        // After the spool took it: a slow disk is not a silent source.
        alive(attempt.patience.stallMs);
        meter.spooled(spool.sizeBytes);
        if (spool.sizeBytes > mostBytes) break;
        if (declaredBytes < 0) {
          assertFits(attempt, spool.sizeBytes);
          assertEnds(attempt, spool.sizeBytes);
        }
      }
      assertLength(declaredBytes, spool.sizeBytes);
      assertStatedSize(order, spool.sizeBytes);
      return stated;
    } finally {
      opened.close();
    }
  });
  const body = await spool.seal();
  meter.total(body.sizeBytes);
  if (!isCheckedThere(attempt, head)) await assertVouchedDigests(head, body);
  const wasLong = spool.kind !== 'memory' || performance.now() - startedAtMs > LONG_READ_MS;
  if (wasLong) await assertSourceUnchanged(attempt, head);
  return { head, body };
}

/** The destination compares what it stores with what the source vouches for: nothing in between needs to. */
function isCheckedThere({ destination }: Attempt, { sizeBytes, digests }: AssetHead): boolean {
  const { wholeChecksumUpToBytes } = destination.descriptor.capabilities;
  // It compares an MD5; whatever else is vouched for is compared here.
  if (digests.md5 === undefined || digests.sha256 !== undefined) return false;
  return wholeChecksumUpToBytes !== null && sizeBytes <= wholeChecksumUpToBytes;
}

/** Of a file: what the proof needs, and one to keep. Hashing costs more time than anything else that is done with bytes. */
function digestsToTake(attempt: Attempt, head: AssetHead): readonly DigestName[] {
  if (isCheckedThere(attempt, head)) return [];
  const { bestProof } = attempt.destination.descriptor.capabilities;
  const isGivenMd5 = bestProof === 'checksum' || bestProof === 'etag';
  if (head.digests.md5 !== undefined) return DIGEST_NAMES.filter((name) => head.digests[name] !== undefined);
  return isGivenMd5 ? ['md5', 'sha256'] : ['sha256'];
}

/** Throws `source-changed` when the source is no longer the version that was read. Quiet when it has no versions. */
export async function assertSourceUnchanged(attempt: Attempt, head: ListedAsset): Promise<void> {
  if (head.versionToken === undefined) return;
  const { container, key } = attempt.order.source;
  const now = await watchCall(attempt, 'The source', (signal) => attempt.source.head(container, key, signal));
  if (now?.versionToken === head.versionToken) return;
  fail(
    'source-changed',
    now === null ? 'The asset vanished while it was copied.' : 'The asset changed while it was copied.',
    {
      hint: 'Another attempt copies what is there then.',
    },
  );
}

function assertLength(declaredBytes: number, receivedBytes: number): void {
  if (declaredBytes < 0 || receivedBytes === declaredBytes) return;
  const amount = receivedBytes > declaredBytes ? 'more' : `only ${receivedBytes}`;
  fail('network', `The source declared ${declaredBytes} bytes and sent ${amount}.`, {
    hint: 'The connection was cut or a proxy changed the answer. Another attempt often gets through.',
  });
}

function assertFits({ destination }: Attempt, sizeBytes: number): void {
  const { label, capabilities } = destination.descriptor;
  if (capabilities.maxObjectBytes === null || sizeBytes <= capabilities.maxObjectBytes) return;
  fail('too-large', `The asset is larger than the ${capabilities.maxObjectBytes} bytes that ${label} takes.`, {
    hint: 'Leave it out, or choose another destination for it.',
  });
}

/** Before a byte of it is read: what can never rest here need not be begun. */
function assertRoom({ order, memorySpoolBytes }: Attempt, sizeBytes: number): void {
  const { spoolRoomBytes } = order;
  if (spoolRoomBytes === null || sizeBytes <= memorySpoolBytes || sizeBytes <= spoolRoomBytes) return;
  fail('disk-full', `The asset has ${sizeBytes} bytes and the spool has room for ${spoolRoomBytes} in all.`, {
    hint: 'Free some room on the disk of the profile, or allow the spool more in Settings, then retry.',
    field: 'spoolBudgetBytes',
  });
}

/** A source that does not say how much it sends may send without end: it gets the room of the spool, and not twice. */
function assertEnds({ order, memorySpoolBytes }: Attempt, sizeBytes: number): void {
  const { spoolRoomBytes } = order;
  if (spoolRoomBytes === null || sizeBytes <= memorySpoolBytes || sizeBytes <= spoolRoomBytes) return;
  fail(
    'too-large',
    `The source does not say how much it sends, and sent more than the ${spoolRoomBytes} bytes of the spool.`,
    {
      hint: 'Look at what the source gives. If it is an asset, allow the spool more in Settings, then retry.',
      field: 'spoolBudgetBytes',
    },
  );
}

/** The digests that the source or a list states, against the bytes that arrived. crc32c is left to the byte count: nothing here computes it. */
export async function assertVouchedDigests(head: AssetHead, body: SpooledBody): Promise<void> {
  for (const name of DIGEST_NAMES) {
    const vouched = head.digests[name];
    if (vouched === undefined || vouched === (await body.digest(name))) continue;
    fail('checksum-mismatch', `The bytes that arrived do not have the ${name} that is stated of them.`, {
      hint: 'They were damaged on the way, or the source or the list that states it is wrong.',
    });
  }
}
