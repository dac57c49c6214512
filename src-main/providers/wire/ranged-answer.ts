/**
 * Owns which bytes of an HTTP answer are the ones that were asked for. Pure. Called by the providers that speak HTTP.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import type { ByteRange } from '../provider.ts';
import type { Promised } from './received-body.ts';
import { contentLengthOf, contentRangeOf, type ResponseHeaders } from './response-headers.ts';

/** Size of the whole asset, -1 when the answer does not say. */
export function wholeSizeOf(status: number, headers: ResponseHeaders): number {
  return status === 206 ? (contentRangeOf(headers)?.sizeBytes ?? -1) : contentLengthOf(headers);
}

/**
 * For an answer of status 200 or 206. Throws `source-changed` when the asset has become too short for the range, and
 * `network` when the answer is another range. `what` names the asset in messages.
 */
export function bytesWanted(
  answer: { readonly status: number; readonly headers: ResponseHeaders },
  range: ByteRange | undefined,
  what: string,
): Omit<Promised, 'host'> {
  const wholeBytes = wholeSizeOf(answer.status, answer.headers);
  if (answer.status === 200 && range === undefined) return { sizeBytes: wholeBytes, skipBytes: 0, goesOn: false };
  if (range === undefined) return throwOtherRange(what);
  const wanted = range.last - range.first + 1;
  if (answer.status === 200) {
    if (wholeBytes >= 0 && range.last >= wholeBytes) throwTooShort(what);
    // A server may ignore a range and send everything (RFC 9110, section 14.2).
    return { sizeBytes: wanted, skipBytes: range.first, goesOn: true };
  }
  const sent = contentRangeOf(answer.headers);
  if (sent?.first !== range.first || sent.last > range.last) return throwOtherRange(what);
  // A range that goes past the end is cut by the server.
  if (sent.last < range.last) throwTooShort(what);
  return { sizeBytes: wanted, skipBytes: 0, goesOn: false };
}

function throwTooShort(what: string): never {
  return fail('source-changed', `${what} is shorter than it was.`, { hint: 'Another attempt reads it anew.' });
}

function throwOtherRange(what: string): never {
  return fail('network', `The server sends another range of ${what} than the one that was asked for.`);
}
