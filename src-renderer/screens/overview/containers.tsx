/**
 * Owns the little stack of containers beside a count of waiting jobs: one for each power of two, so that a long queue
 * looks long without being counted. Must not replace the figure.
 */
const ROWS = 3;
const MOST = 30;

export function Containers({ count }: { readonly count: number }) {
  const boxes = count === 0 ? 0 : Math.min(MOST, Math.ceil(Math.log2(count + 1) * 1.6));
  const columns = Math.ceil(boxes / ROWS);
  return (
    <svg width={82} height={16} aria-hidden>
      {Array.from({ length: boxes }, (_, index) => {
        const column = columns - 1 - Math.floor(index / ROWS);
        const x = 82 - (columns - column) * 8;
        const y = 11 - (index % ROWS) * 5;
        return <rect key={`${x} ${y}`} x={x} y={y} width={7} height={4} fill="var(--line-3)" />;
      })}
    </svg>
  );
}
