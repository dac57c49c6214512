/** Proves that a part whose connection hangs is sent once more, and when it is not. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createManualClock, type ManualClock } from '../../node-ports/manual-clock.ts';
import { bufferBody, bytesOf, NEVER_ABORTED, writeOptions } from '../conformance/fixture.ts';
import type { WriteBody } from '../provider.ts';
import { S3Client } from './s3-client.ts';
import { S3Provider } from './s3-provider.ts';
import { s3Settings } from './s3-settings.ts';
import { S3TestServer } from './s3-test-server.ts';
import { Stragglers } from './straggler.ts';
import { lateAfterMs } from './straggler-policy.ts';

test.each([
  [[], null],
  [[9_000, 9_000], null],
  [[10, 20, 30], 5_000],
  [[2_000, 3_000, 4_000], 12_000],
  [[3_000, 100_000, 2_000, 3_000, 3_000], 12_000],
])('after siblings of %j ms a part straggles from %j ms on', (siblingsMs, lateMs) => {
  expect(lateAfterMs(siblingsMs)).toBe(lateMs);
});

test('a line that became slower makes no stragglers', async () => {
  const still = createManualClock();
  const stragglers = new Stragglers(still);
  async function triesOf(tookMs: number): Promise<number> {
    const end = Promise.withResolvers<void>();
    let tries = 0;
    const send = (): Promise<void> => {
      tries += 1;
      return end.promise;
    };
    const sent = stragglers.send(send, () => true, NEVER_ABORTED);
    await still.advance(tookMs);
    end.resolve();
    await sent;
    return tries;
  }
  for (let part = 0; part < 30; part += 1) await triesOf(10);
  expect(await triesOf(60_000)).toBe(2);
  for (let part = 0; part < 15; part += 1) await triesOf(60_000);
  expect(await triesOf(60_000)).toBe(1);
});

const PART = 5 * 1024 * 1024;
const PARTS = 6;
const BYTES = bytesOf(PARTS * PART);

let server: S3TestServer;
let clock: ManualClock;
let provider: S3Provider;
let finishedParts: number;
/** Part number, dot, how often it came → lets that request be answered. */
let hanging: Map<string, PromiseWithResolvers<void>>;
/** Part numbers in the order of their requests. */
let puts: number[];

beforeEach(async () => {
  server = await S3TestServer.start();
  server.buckets.set('assets', new Map());
  const { accessKeyId, secretAccessKey, region } = server.keys;
  const options = { endpoint: server.endpoint, region, accessKeyId };
  clock = createManualClock();
  provider = new S3Provider(new S3Client(s3Settings({ options, secrets: { secretAccessKey } })), PART, PART, clock);
  hanging = new Map();
  finishedParts = 0;
  puts = [];
});
afterEach(async () => {
  for (const { resolve } of hanging.values()) resolve();
  await provider.close();
  await server.stop();
});

/** These requests are received and not answered until they may be. */
function hang(...names: readonly string[]): void {
  hanging = new Map(names.map((name) => [name, Promise.withResolvers<void>()]));
  server.watch = async (moment, line) => {
    const number = Number(/^PUT .*partNumber=(\d+)/.exec(line)?.[1] ?? 0);
    if (number === 0 || moment !== 'received') return;
    puts.push(number);
    await hanging.get(`${number}.${times(number)}`)?.promise;
  };
}

function write(body: WriteBody = bufferBody(BYTES)) {
  const onProgress = (writtenBytes: number): void => {
    finishedParts = Math.floor(writtenBytes / PART);
  };
  return provider.write('assets', 'large', body, writeOptions({ onProgress }));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate);
}

const times = (number: number): number => puts.filter((other) => other === number).length;
const isThere = (): boolean => server.buckets.get('assets')?.get('large')?.bytes.equals(BYTES) === true;

describe('a part that hangs', () => {
  test('is sent once more, on another connection, and nobody waits for the first', async () => {
    hang('6.1');
    const written = write();
    await until(() => finishedParts === PARTS - 1 && times(6) === 1);
    await clock.advance(4_000);
    expect(times(6)).toBe(1);
    await clock.advance(2_000);
    expect(await written).toMatchObject({ vouches: 'etag' });
    expect([times(6), isThere()]).toEqual([2, true]);
  });

  test('waits while another one is sent once more', async () => {
    hang('5.1', '5.2', '6.1', '6.2');
    const written = write();
    await until(() => finishedParts === PARTS - 2 && puts.length === PARTS);
    await clock.advance(6_000);
    await until(() => puts.length === PARTS + 1);
    await clock.advance(60_000);
    expect(puts).toHaveLength(PARTS + 1);
    hanging.get(`${puts.at(-1)}.2`)?.resolve();
    await until(() => finishedParts === PARTS - 1);
    await clock.advance(2_000);
    await until(() => puts.length === PARTS + 2);
    hanging.get(`${puts.at(-1)}.2`)?.resolve();
    expect(await written).toMatchObject({ vouches: 'etag' });
    expect([times(5), times(6), isThere()]).toEqual([2, 2, true]);
  });

  test('may still come first when the second is refused', async () => {
    hang('6.1');
    const written = write();
    await until(() => finishedParts === PARTS - 1 && times(6) === 1);
    const refusal = { times: 1, status: 503, code: 'SlowDown', method: 'PUT' };
    server.quirks = { refuses: refusal };
    await clock.advance(6_000);
    await until(() => refusal.times === 0);
    hanging.get('6.1')?.resolve();
    expect(await written).toMatchObject({ vouches: 'etag' });
    expect([times(6), isThere()]).toEqual([1, true]);
  });

  test.each([
    ['its bytes still arrive', { body: { ...bufferBody(BYTES), isWhole: () => false }, quirks: {} }],
    ['ETags are no digests, so that the loser could change what is there', { quirks: { opaqueETags: true } }],
  ])('is waited for while %s', async (_, { body, quirks }: { body?: WriteBody; quirks: S3TestServer['quirks'] }) => {
    hang('6.1');
    server.quirks = quirks;
    const written = write(body);
    await until(() => finishedParts === PARTS - 1 && times(6) === 1);
    await clock.advance(60_000);
    expect(times(6)).toBe(1);
    hanging.get('6.1')?.resolve();
    await written;
    expect(isThere()).toBe(true);
  });
});
