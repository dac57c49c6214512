/** Owns how counts read: thousands set apart, one or many. Pure. Used by every screen. */

const grouped = new Intl.NumberFormat('en');

/** "186,204". */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** "1 job", "7 jobs"; a plural that is no "s" is given. */
export function formatNumberOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
