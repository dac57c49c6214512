/**
 * Owns refusing a request that cannot work, before anything exists: unknown accounts, sides that cannot read or
 * write, missing containers, a destination inside its source, two assets for one key. Must not do I/O and must not
 * write. Called by the verbs that submit, plan and schedule.
 */
import type { Location } from '../../../src-shared/model/asset.ts';
import { fail } from '../../../src-shared/model/failure.ts';
import type { MigrationPolicies, NamedAsset } from '../../../src-shared/model/migration.ts';
import { NOTICE_QUEUE } from '../../../src-shared/model/notice-rule.ts';
import { type ProofRung, proofHolds } from '../../../src-shared/model/proof.ts';
import type { LocationRole, ProviderDescriptor } from '../../../src-shared/model/provider.ts';
import { isWholeUrl } from '../../../src-shared/model/selection.ts';
import { allowsRemoval, MOVE_PROOF } from '../../../src-shared/model/source-removal.ts';
import { shownUrl } from '../../../src-shared/model/url-key.ts';
import type { Desk } from '../desk.ts';
import { namedDestination } from '../destination-key.ts';
import { locationOverlap } from '../location-overlap.ts';
import { openJobs } from '../open-jobs.ts';
import { acceptContent } from './accept-content.ts';

export interface Request {
  readonly source: Location;
  readonly destination: Location;
  /** null: everything under the source. */
  readonly assets: readonly NamedAsset[] | null;
  readonly policies: MigrationPolicies;
  readonly queue: string;
}

/** Throws FailureError with the `field` that is wrong. */
export function acceptRequest(desk: Desk, request: Request): void {
  acceptLocation(desk, request.source, 'source', request.assets !== null);
  acceptLocation(desk, request.destination, 'destination', false);
  const to = desk.accounts.find(request.destination.accountId);
  if (to !== null) acceptContent(to.descriptor, request.policies.content);
  acceptMove(desk, request);
  if (to !== null) acceptProof(to.descriptor, request.policies.minimumProof);
  if (desk.store.queue(request.queue) === null || request.queue === NOTICE_QUEUE) {
    fail('not-found', `There is no queue "${request.queue}".`, { field: 'queue' });
  }
  if (request.assets === null) acceptWhole(request);
  else acceptAssets(request, request.assets);
}

/** What no job could reach is not waited for until every one of them has failed. */
function acceptProof({ label, capabilities }: ProviderDescriptor, asked: ProofRung): void {
  if (proofHolds(capabilities.bestProof, asked)) return;
  fail('unsupported', `${label} proves a copy by "${capabilities.bestProof}" at best, not by "${asked}".`, {
    field: 'policies.minimumProof',
    hint: `Ask for "${capabilities.bestProof}", or choose another destination.`,
  });
}

/** Throws FailureError `quota-exceeded` when so many more jobs would be too many. Nothing is ever dropped. */
export function acceptAmount(desk: Desk, jobs: number): void {
  const open = openJobs(desk.store);
  const { maxOpenJobs } = desk.store.settings();
  if (open + jobs <= maxOpenJobs) return;
  fail('quota-exceeded', `${open} jobs are open and ${jobs} more would pass the limit of ${maxOpenJobs}.`, {
    hint: 'Wait until some have ended, cancel what is not needed, or raise the limit in the settings.',
  });
}

function acceptLocation(desk: Desk, location: Location, role: LocationRole, isNamed: boolean): void {
  const account = desk.accounts.find(location.accountId);
  if (account === null) {
    fail('not-found', `There is no account "${location.accountId}".`, {
      field: `${role}.accountId`,
      hint: 'Choose one of the accounts, or add it first.',
    });
  }
  const { capabilities, container, label } = account.descriptor;
  if (role === 'source' && !capabilities.canRead) {
    fail('unsupported', `${label} cannot be read from.`, { field: 'source.accountId' });
  }
  if (role === 'destination' && !capabilities.canWrite) {
    fail('unsupported', `${label} cannot be written to.`, {
      field: 'destination.accountId',
      hint: 'Choose another destination.',
    });
  }
  const mayBeEmpty = isNamed && container.keysAreUrlsWhenEmpty === true;
  if (location.container.trim() === '' && !mayBeEmpty) {
    fail('invalid-input', `${container.label} is missing.`, { field: `${role}.container`, hint: container.help });
  }
}

/** Deleting what could be the copy itself, or what nothing proves, is refused before anything exists. */
function acceptMove(desk: Desk, { source, destination, assets, policies }: Request): void {
  if (policies.afterCopy !== 'delete-source') return;
  const from = desk.accounts.find(source.accountId)?.descriptor;
  const to = desk.accounts.find(destination.accountId)?.descriptor;
  if (from === undefined || to === undefined) return;
  if (!from.capabilities.canWrite) {
    fail('unsupported', `Nothing can be deleted at ${from.label}.`, {
      field: 'policies.afterCopy',
      hint: 'Keep the source, and delete it yourself once all has arrived.',
    });
  }
  if (!allowsRemoval(to.capabilities.bestProof)) {
    fail(
      'unsupported',
      `${to.label} proves a copy by "${to.capabilities.bestProof}" at best: too little to delete its source.`,
      {
        field: 'policies.afterCopy',
        hint: `A destination is needed that reaches "${MOVE_PROOF}" or "checksum". Keep the source, or choose another one.`,
      },
    );
  }
  if (!allowsRemoval(policies.minimumProof)) {
    fail('invalid-input', `A source is only deleted after a proof of at least "${MOVE_PROOF}".`, {
      field: 'policies.minimumProof',
      hint: `Ask for "${MOVE_PROOF}" or "checksum", or keep the source.`,
    });
  }
  if (assets === null && locationOverlap(destination, source) === 'inside') {
    fail('invalid-input', 'The source lies inside the destination.', {
      field: 'destination.container',
      hint: 'A copy could take the place of a source that is still to be moved. Choose a place beside it.',
    });
  }
}

function acceptWhole({ source, destination }: Request): void {
  const overlap = locationOverlap(source, destination);
  if (overlap === 'none') return;
  const message =
    overlap === 'same' ? 'Source and destination are the same place.' : 'The destination lies inside the source.';
  fail('invalid-input', message, {
    field: 'destination.container',
    hint: 'What is written there would be listed as source again. Choose a place outside the source.',
  });
}

function acceptAssets(request: Request, assets: readonly NamedAsset[]): void {
  const takenBy = new Map<string, number>();
  const way = { ...request, naming: request.policies.naming };
  const wantsUrls = request.source.container.trim() === '';
  for (const [index, asset] of assets.entries()) {
    const field = `selection.assets.${index}`;
    if (wantsUrls && !isHttpUrl(asset.sourceKey)) {
      fail('invalid-input', `Asset ${index + 1} is no http(s) address: ${excerpt(shownUrl(asset.sourceKey))}`, {
        field: `${field}.sourceKey`,
        hint: 'It begins with http:// or https://.',
      });
    }
    const { key, refusal } = namedDestination(asset, way);
    if (refusal !== undefined) {
      fail(refusal.code, `Asset ${index + 1}: ${refusal.message}`, {
        field: `${field}.destinationKey`,
        hint: refusal.hint,
      });
    }
    if (key === '' || key.endsWith('/')) {
      fail('name-invalid', `Asset ${index + 1} names no file: ${excerpt(shownUrl(asset.sourceKey))}`, {
        field: `${field}.destinationKey`,
        hint: 'Give it a destination key of its own.',
      });
    }
    const other = takenBy.get(key);
    if (other !== undefined) {
      fail('already-exists', `Assets ${other + 1} and ${index + 1} would both become ${excerpt(key)}`, {
        field: `${field}.destinationKey`,
        hint: 'Give one of them another destination key.',
      });
    }
    takenBy.set(key, index);
  }
  if (request.policies.afterCopy === 'delete-source') acceptApart(request, assets, takenBy);
}

/** Each source of a move is named once, for it goes with its first copy, and no copy may stand where a source is. */
function acceptApart(
  { source, destination }: Request,
  assets: readonly NamedAsset[],
  takenBy: ReadonlyMap<string, number>,
): void {
  const whole = (container: string, key: string): string => `${container}/${key}`.split('/').filter(Boolean).join('/');
  const isOneAccount = source.accountId === destination.accountId;
  const copies = new Map([...takenBy].map(([key, index]) => [whole(destination.container, key), index]));
  const named = new Map<string, number>();
  for (const [index, { sourceKey }] of assets.entries()) {
    const before = named.get(sourceKey);
    if (before !== undefined) {
      fail('invalid-input', `Assets ${before + 1} and ${index + 1} are the same source: ${excerpt(sourceKey)}`, {
        field: `selection.assets.${index}.sourceKey`,
        hint: 'It is deleted when the first of its copies is there. Name it once, or keep the source.',
      });
    }
    named.set(sourceKey, index);
    const copy = isOneAccount ? copies.get(whole(source.container, sourceKey)) : undefined;
    if (copy === undefined) continue;
    fail('invalid-input', `The copy of asset ${copy + 1} would stand where a source is: ${excerpt(sourceKey)}`, {
      field: `selection.assets.${copy}.destinationKey`,
      hint: 'Give it another destination key, or keep the source.',
    });
  }
}

function isHttpUrl(text: string): boolean {
  return isWholeUrl(text) && URL.canParse(text);
}

function excerpt(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
