/**
 * Owns turning the bytes of a chosen file into text, or saying what it is instead. Must not know what stands in it.
 * Used by whoever reads a report or a list of addresses.
 */
import { fail } from '../model/failure.ts';

/** `new TextDecoder('utf-8', { fatal: true })`: this room knows neither Node nor a browser. */
export interface StrictDecoder {
  decode(bytes: Uint8Array): string;
}

/** Throws FailureError `invalid-input` with the field given. */
export function decodeText(bytes: Uint8Array, decoder: StrictDecoder, field: string): string {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    fail('invalid-input', 'The file is compressed.', { hint: 'Unpack it first (gunzip).', field });
  }
  try {
    return decoder.decode(bytes);
  } catch {
    return fail('invalid-input', 'The file is no UTF-8 text.', { hint: 'Save it as UTF-8.', field });
  }
}
