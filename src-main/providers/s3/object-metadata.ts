/**
 * Owns how user metadata travels in headers. Pure. Called by s3-provider.ts and put-object.ts.
 * Headers carry ASCII; other text goes as an encoded word (RFC 2047), which is also how Amazon S3 hands it out.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';

const PREFIX = 'x-amz-meta-';
/** The characters of a header's name (RFC 9110, section 5.6.2). */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** ASCII that a header's value may begin, hold and end with. */
const PLAIN_VALUE = /^(?!\s)[\x20-\x7e]*(?<!\s)$/;
const ENCODED_WORD = /=\?utf-8\?([bq])\?([^?]*)\?=/gi;

/** Throws `invalid-input` for a name that no header can have. */
export function metadataHeaders(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(metadata)) {
    if (!NAME.test(name)) fail('invalid-input', `S3 cannot keep metadata named ${JSON.stringify(name)}.`);
    const isPlain = PLAIN_VALUE.test(value) && !value.includes('=?');
    headers[PREFIX + name.toLowerCase()] = isPlain ? value : `=?UTF-8?B?${Buffer.from(value).toString('base64')}?=`;
  }
  return headers;
}

export function metadataOf(headers: ResponseHeaders): Record<string, string> {
  const metadata: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    if (!name.startsWith(PREFIX)) continue;
    metadata[name.slice(PREFIX.length)] = decodeWords(headerOf(headers, name) ?? '');
  }
  return metadata;
}

/** Space between two encoded words belongs to the encoding (RFC 2047, section 6.2). */
function decodeWords(value: string): string {
  if (!value.includes('=?')) return value;
  return value.replace(/\?=\s+=\?/g, '?==?').replace(ENCODED_WORD, (_, kind: string, text: string) => {
    if (kind.toLowerCase() === 'b') return Buffer.from(text, 'base64').toString('utf8');
    const bytes = text.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_hex, digits: string) => {
      return String.fromCharCode(Number.parseInt(digits, 16));
    });
    return Buffer.from(bytes, 'latin1').toString('utf8');
  });
}
