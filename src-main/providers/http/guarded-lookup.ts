/**
 * Owns the rule that no web address leads where it must not, whatever its name resolves to. Judged once for each
 * connection, on the very addresses that are then connected to, so that a name cannot change its mind in between.
 * Called by http-client.ts.
 */
import * as dns from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { FailureError, failure } from '../../../src-shared/model/failure.ts';
import { classOfAddress, isMetadataHost } from './blocked-addresses.ts';

/** The system's resolver, or a test's. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export const resolveBySystem: Resolve = (host) => dns.promises.lookup(host, { all: true });

/** A `lookup` for sockets: answers only when every address of the name is allowed. */
export function guardedLookup(allowPrivate: boolean, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (found) => {
        const refusal = refusalOf(host, found, allowPrivate);
        const [first] = found;
        if (refusal !== null) callback(refusal, []);
        else if (first === undefined) callback(Object.assign(new Error(host), { code: 'ENOTFOUND' }), []);
        else if (options.all === true) callback(null, [...found]);
        else callback(null, first.address, first.family);
      },
      (thrown: NodeJS.ErrnoException) => callback(thrown, []),
    );
  };
}

/** Addresses written as numbers are never looked up, so they are judged before the request. Throws the failure. */
export function assertAllowedHost(host: string, allowPrivate: boolean): void {
  const refusal = isMetadataHost(host)
    ? refused(host, host, 'closed')
    : isIP(host) === 0
      ? null
      : refusalOf(host, [{ address: host }], allowPrivate);
  if (refusal !== null) throw refusal;
}

function refusalOf(
  host: string,
  found: readonly { readonly address: string }[],
  allowPrivate: boolean,
): FailureError | null {
  for (const { address } of found) {
    const kind = classOfAddress(address);
    if (kind === 'closed' || (kind === 'private' && !allowPrivate)) return refused(host, address, kind);
  }
  return null;
}

function refused(host: string, address: string, kind: 'private' | 'closed'): FailureError {
  const isPrivate = kind === 'private';
  const what = isPrivate ? 'this computer or a private network' : 'a link-local, metadata or reserved address';
  const at = address === host ? '' : ` (${address})`;
  return new FailureError(
    failure('permission-denied', `${host}${at} is ${what}; addresses there are not read from.`, {
      hint: isPrivate
        ? 'Use an account in which "Allow private addresses" is on.'
        : 'Such addresses are never open, because credentials of the computer may lie there.',
    }),
  );
}
