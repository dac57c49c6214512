/**
 * Owns how user metadata travels in headers. Pure. Called by s3-provider.ts and put-object.ts.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { decodeHeaderText, encodeHeaderText } from '../wire/header-text.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';

const PREFIX = 'x-amz-meta-';
/** The characters of a header's name (RFC 9110, section 5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Throws `invalid-input` for a name that no header can have. */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    if (!NAME.test(name)) fail('invalid-input', `S3 cannot keep metadata named ${JSON.stringify(name)}.`);
    headers[PREFIX + name.toLowerCase()] = encodeHeaderText(value);
  }
  return headers;
}

export function metadataOf(headers: ResponseHeaders): Record<string, string> {
  const names = Object.keys(headers).filter((name) => name.startsWith(PREFIX));
  // Built from pairs: assigning to "__proto__" would lose it.
  return Object.fromEntries(
    names.map((name) => [name.slice(PREFIX.length), decodeHeaderText(headerOf(headers, name) ?? '')]),
  );
}
