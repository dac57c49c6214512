/**
 * Owns the connection test of a web server: is the address readable, does the server answer, does it let us in, does it
 * show an index. Called by http-provider.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { CheckReport, LocationRole } from '../../../src-shared/model/provider.ts';
import { type CheckedPlace, readingActions } from '../check-actions.ts';
import { type CheckAction, type CheckFindings, runCheck } from '../check-steps.ts';
import type { OpenedAsset } from '../provider.ts';
import { type Address, indexFolder, parseAddress } from './address.ts';
import type { HttpClient } from './http-client.ts';
import { httpFailure } from './http-failure.ts';
import { readSitemap } from './read-sitemap.ts';
import { isElsewhere, isSitemap } from './walk-sitemap.ts';

export function checkHttp(
  place: CheckedPlace,
  client: HttpClient,
  role: LocationRole,
  sameHost: boolean,
): Promise<CheckReport> {
  const { container, signal } = place;
  const findings: CheckFindings = { remarks: [], sampleKeys: [] };
  const name: CheckAction = { name: 'name', field: 'container', run: () => nameStep(container, role, findings) };
  if (container === '') return runCheck([name], findings, signal);
  let status = 0;
  const connect: CheckAction = {
    name: 'connect',
    field: 'container',
    run: async () => {
      const answer = await client.request('GET', pageOf(container), {}, signal);
      answer.body.destroy();
      status = answer.status;
    },
  };
  const sign: CheckAction = {
    name: 'sign',
    field: 'options.user',
    run: () => {
      if (status === 401 || status === 403) throw httpFailure(status, {}, pageOf(container));
    },
  };
  const reading = readingActions(place, findings, (opened) => remarkOn(opened, findings));
  const hosts: CheckAction = {
    name: 'hosts',
    field: 'container',
    run: () => remarkOnHosts(client, container, findings, signal),
  };
  const isNarrow = isSitemap(container) && sameHost;
  return runCheck([name, connect, sign, ...reading, ...(isNarrow ? [hosts] : [])], findings, signal);
}

function nameStep(container: string, role: LocationRole, findings: CheckFindings): void {
  if (role === 'destination') {
    fail('unsupported', 'A web server can only be a source.', { hint: 'Choose another destination.' });
  }
  if (container === '')
    findings.remarks.push('There is no index page to test: each address is tested when it is read.');
  else pageOf(container);
}

function pageOf(container: string): Address {
  return isSitemap(container) ? parseAddress(container, 'container') : indexFolder(container);
}

/** Nobody should find out afterwards that half of a sitemap was left out. */
async function remarkOnHosts(
  client: HttpClient,
  container: string,
  { remarks }: CheckFindings,
  signal: AbortSignal,
): Promise<void> {
  const { kind, addresses } = await readSitemap(client, pageOf(container), signal);
  const elsewhere = addresses.filter((address) => isElsewhere(address, container)).length;
  if (elsewhere === 0) return;
  const what = kind === 'addresses' ? 'addresses' : 'sitemaps that it lists';
  remarks.push(
    `On other hosts, and left out: ${elsewhere} of the ${addresses.length} ${what}. An account can take all.`,
  );
}

function remarkOn({ head }: OpenedAsset, findings: CheckFindings): void {
  if (head.sizeBytes < 0) findings.remarks.push('The server does not say how large its files are.');
  if (head.versionToken !== undefined) return;
  findings.remarks.push('The server sends neither ETag nor time: a file that changes meanwhile goes unseen.');
}
