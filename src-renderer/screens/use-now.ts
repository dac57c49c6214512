/** Owns the clock on the wall for screens: draws again every so often while something counts. */
import { useEffect, useState } from 'react';

/** Milliseconds since 1970, renewed every `everyMs`; `null` stands still. */
export function useNow(everyMs: number | null): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (everyMs === null) return;
    setNowMs(Date.now());
    const timer = window.setInterval(() => setNowMs(Date.now()), everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
