/**
 * Owns which keys a disk may take for one and the same, and which names Windows keeps for itself. Pure. Must not know
 * any disk: some tell such names apart. Called by plan-book.ts.
 */

/** Device names, alone or before an ending; the superscript digits count as digits there. */
const DEVICE = /^(con|prn|aux|nul|(com|lpt)[0-9¹²³])(\..*)?$/i;

/** Keys with the same fold may be one file where case or Unicode form do not count. */
export function foldKey(key: string): string {
  // Upper case first: it brings letters together that lower case keeps apart (ς and σ, ſ and s).
  return key.normalize('NFC').toUpperCase().normalize('NFC');
}

/** A part of the key that Windows cannot have as a name, or would change; null: there is none. */
export function reservedName(key: string): string | null {
  for (const name of key.split('/')) {
    if (DEVICE.test(name) || (/[. ]$/.test(name) && name !== '.' && name !== '..')) return name;
  }
  return null;
}
