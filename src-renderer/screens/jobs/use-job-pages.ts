/**
 * Owns tying a job list to the house: one list for each filter, fed by its views, renewed after a break in the
 * updates. Must not decide what to fetch (job-pages.ts does). Called by job-list.tsx.
 */
import { useEffect, useState, useSyncExternalStore } from 'react';
import { call } from '../../state/house-client.ts';
import { onSnapshot, onViewPatch } from '../../state/house-store.ts';
import type { JobFilter } from './job-filter.ts';
import { createJobPages, type JobPages, type JobPagesState, type JobSort, type ListView } from './job-pages.ts';

const VIEWS: readonly ListView[] = ['top', 'rows'];

/**
 * The list of a filter. While a new filter's first page is under way the old list stays: nothing blinks. null until
 * the very first answer. A filter is told apart by its content, not by its object.
 */
export function useJobPages(filter: JobFilter, sort: JobSort): JobPages | null {
  const [pages, setPages] = useState<JobPages | null>(null);
  const filterKey = JSON.stringify(filter);
  useEffect(() => {
    const own: JobFilter = JSON.parse(filterKey);
    const made = createJobPages({
      filter: own,
      sort,
      list: (params) => call('job.list', params),
      watch: (view, jobIds) => call('view.watch', { viewId: viewIdOf(view), filter: own, jobIds: [...jobIds] }),
    });
    const ends = [
      ...VIEWS.map((view) => onViewPatch(viewIdOf(view), (patch) => made.applyViewPatch(view, patch))),
      onSnapshot(() => made.renew()),
      made.subscribe(() => {
        if (made.getState().phase !== 'loading') setPages(made);
      }),
    ];
    return () => {
      made.stop();
      for (const end of ends) end();
      // A view that is left would only cost the house work; when the channel is gone, so is the view.
      for (const view of VIEWS) call('view.unwatch', { viewId: viewIdOf(view) }).catch(() => {});
    };
  }, [filterKey, sort]);
  return pages;
}

export function useJobPagesState(pages: JobPages): JobPagesState {
  return useSyncExternalStore(pages.subscribe, pages.getState);
}

function viewIdOf(view: ListView): string {
  return `job-list.${view}`;
}
