/**
 * Owns how user metadata becomes Azure's and back. Pure. Called in this folder.
 * Azure takes names that are C# identifiers only. Any other character is written as _xHHHH_, as .NET writes names for
 * XML (XmlConvert.EncodeLocalName), so that "mixed-case" comes back as it went.
 */
import { fail } from '../../../src-shared/model/failure.ts';
import { decodeHeaderText, encodeHeaderText } from '../wire/header-text.ts';
import { headerOf, type ResponseHeaders } from '../wire/response-headers.ts';

const PREFIX = 'x-ms-meta-';
/** What an identifier cannot hold, a digit at its start, and an underscore that would read as the start of an escape. */
const TO_ESCAPE = /[^a-z0-9_]|^[0-9]|_(?=x[0-9a-f]{4}_)/g;

/** Throws `invalid-input` for an empty name. */
export function azureMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  if (Object.hasOwn(metadata, '')) fail('invalid-input', 'Azure cannot keep metadata without a name.');
  const pairs = Object.entries(metadata).map(([name, value]) => {
    return [name.toLowerCase().replace(TO_ESCAPE, escaped), encodeHeaderText(value)];
  });
  return Object.fromEntries(pairs);
}

export function metadataOf(headers: ResponseHeaders): Record<string, string> {
  const names = Object.keys(headers).filter((name) => name.startsWith(PREFIX));
  return Object.fromEntries(names.map((name) => [plainName(name), decodeHeaderText(headerOf(headers, name) ?? '')]));
}

function plainName(header: string): string {
  return header.slice(PREFIX.length).replace(/_x([0-9a-f]{4})_/g, (_, digits: string) => {
    return String.fromCharCode(Number.parseInt(digits, 16));
  });
}

function escaped(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).padStart(4, '0')}_`;
}
