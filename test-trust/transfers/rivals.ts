/**
 * Owns the race for a key: another program makes it after the attempt saw that nothing is there, and before it
 * publishes. Under "never" the other's bytes must stay, and what we began must go. Called by run-trust-tests.ts.
 */

import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteRange, Provider } from '../../src-main/providers/provider.ts';
import { DEFAULT_POLICIES } from '../../src-shared/model/migration.ts';
import type { TrialTable } from '../trial-table.ts';
import { AttemptDesk, LARGE_BYTES, type Side, SMALL_BYTES, type Transfer, withWrite } from './attempt-desk.ts';

/** Where the other is faster. */
const RACES: readonly { readonly to: Side; readonly sizeBytes: number; readonly moment: RegExp | null }[] = [
  { to: 'local', sizeBytes: SMALL_BYTES, moment: null },
  { to: 'local', sizeBytes: LARGE_BYTES, moment: null },
  { to: 's3', sizeBytes: SMALL_BYTES, moment: /^received PUT / },
  { to: 's3', sizeBytes: LARGE_BYTES, moment: /^received POST .*uploadId=/ },
];

export async function runRivals(table: TrialTable, trials: number): Promise<void> {
  const desk = await AttemptDesk.open();
  const failures: string[] = [];
  try {
    for (let trial = 1; trial <= trials; trial += 1) {
      const race = RACES[trial % RACES.length];
      if (race === undefined) continue;
      const key = `asset ${trial}.bin`;
      const rival = randomBytes(SMALL_BYTES + trial);
      await desk.offer('http', key, race.sizeBytes);
      const plant = () => desk.plant(race.to, 'to', key, rival);
      desk.s3.watch = (moment, line) => {
        if (race.moment?.test(`${moment} ${line}`) === true) plant();
      };
      const transfer: Transfer = {
        from: 'http',
        to: race.to,
        key,
        versionToken: null,
        policies: { ...DEFAULT_POLICIES, overwrite: 'never' },
        ...(race.moment === null ? { wrap: onLastByte(plant) } : {}),
      };
      const first = await desk.attempt(transfer);
      const second = await desk.attempt({ ...transfer, wrap: (destination) => destination });
      const said = (what: string) => failures.push(`${race.to}, ${race.sizeBytes} bytes, ${trial}: ${what}`);
      if (desk.landed(race.to, key)?.equals(rival) !== true) said('the other’s bytes are gone');
      if (first.kind === 'completed') said('it says completed');
      if (second.kind !== 'skipped') said(`the next attempt is ${JSON.stringify(second)}`);
    }
    const left = [
      ...readdirSync(join(desk.folder, 'to')).filter((name) => name.endsWith('.partial')),
      ...desk.s3.uploads.keys(),
      ...readdirSync(desk.spoolFolder),
    ];
    failures.push(...left.map((name) => `${name} is left, and nobody goes on with it`));
  } finally {
    await desk.close();
  }
  table.add({
    guarantee: 'G9',
    what: 'under "never" another’s bytes stay, though they came between the look and the publishing',
    trials,
    worst: null,
    failures,
  });
  table.skip('G9', 'rivals at services that refuse conditional writes', 'nothing but a look right before is possible');
}

/** Does something when all bytes of a write were read, or would be: the new file is not published yet. */
function onLastByte(meddle: () => void): (destination: Provider) => Provider {
  return (inner) =>
    withWrite(inner, (container, key, body, options) => {
      async function* open(range?: ByteRange): AsyncGenerator<Uint8Array> {
        if (body.buffer === null) yield* body.open(range);
        else yield body.buffer;
        meddle();
      }
      return inner.write(container, key, { ...body, buffer: null, open }, options);
    });
}
