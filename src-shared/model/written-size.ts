/** Owns reading an amount of bytes as people write it. Pure. Used by the command line and the forms. */

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** "500", "1.5 MB", "64KiB", in whole bytes; NaN when it is no size: every schema refuses that. */
export function readSize(written: string): number {
  const [, figure = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?) ?([A-Za-z]*)$/.exec(written.trim()) ?? [];
  const known = Object.keys(UNITS).find((name) => name.toLowerCase() === unit.toLowerCase());
  return figure === '' || known === undefined ? Number.NaN : Math.round(Number(figure) * (UNITS[known] ?? 1));
}
