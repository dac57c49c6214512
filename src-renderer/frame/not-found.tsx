/** Owns what is shown at an address that leads nowhere: which it is, and the ways on. Used by app.tsx. */
import { Button } from '../parts/button.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { PageHeader } from '../parts/page-header.tsx';
import { go, href } from '../state/route.ts';

/** Whoever mistyped sees where; a long one says no more. */
const MOST_CHARACTERS = 80;

export function NotFound() {
  return (
    <>
      <PageHeader title="Not found" />
      <EmptyState
        title="Nothing is at this address."
        text={`“${window.location.hash.slice(0, MOST_CHARACTERS)}” is mistyped, or comes from another version of Transship.`}
        action={<Button onClick={() => go(href('overview'))}>Go to the overview</Button>}
      />
    </>
  );
}
