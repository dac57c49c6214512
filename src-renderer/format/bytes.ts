/** Owns how amounts of bytes read: SI units, three figures, a thin rhythm of width. Pure. Used by every screen. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

interface Scaled {
  readonly figure: string;
  readonly unit: string;
}

function scaled(bytes: number): Scaled {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return { figure: value.toFixed(digits), unit: UNITS[unit] ?? 'B' };
}

/** "0 B", "48.2 GB", "412 MB". null: not known. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return '–';
  const { figure, unit } = scaled(bytes);
  return `${figure} ${unit}`;
}

/** "27.9 of 48.2 GB": one unit when both have the same. */
export function formatBytesOf(part: number, whole: number | null): string {
  if (whole === null) return formatBytes(part);
  const one = scaled(part);
  const all = scaled(whole);
  return one.unit === all.unit
    ? `${one.figure} of ${all.figure} ${all.unit}`
    : `${formatBytes(part)} of ${formatBytes(whole)}`;
}

/** "118 MB/s". */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`;
}
