/**
 * Owns how text of any kind travels in a header's value. Pure. Called by s3 and azure.
 * Headers carry ASCII; other text goes as an encoded word (RFC 2047), which is also how Amazon S3 hands it out.
 */

/** ASCII that a header's value may begin, hold and end with. */
const PLAIN = /^(?!\s)[\x20-\x7e]*(?<!\s)$/;
const ENCODED_WORD = /=\?utf-8\?([bq])\?([^?]*)\?=/gi;

export function encodeHeaderText(text: string): string {
  const isPlain = PLAIN.test(text) && !text.includes('=?');
  return isPlain ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}

/** Space between two encoded words belongs to the encoding (RFC 2047, section 6.2). */
export function decodeHeaderText(value: string): string {
  if (!value.includes('=?')) return value;
  return value.replace(/\?=\s+=\?/g, '?==?').replace(ENCODED_WORD, (_, kind: string, text: string) => {
    if (kind.toLowerCase() === 'b') return Buffer.from(text, 'base64').toString('utf8');
    const bytes = text.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_hex, digits: string) => {
      return String.fromCharCode(Number.parseInt(digits, 16));
    });
    return Buffer.from(bytes, 'latin1').toString('utf8');
  });
}
