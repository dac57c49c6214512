/**
 * Owns the commands about schedules. Must not hold logic beyond calling the engine. Part of handlers.ts.
 */
import type { Coordinator } from '../engine/coordinator.ts';
import {
  pauseSchedule,
  previewRuns,
  removeSchedule,
  saveSchedule,
  scheduleOf,
  scheduleViews,
  skipNextRun,
} from '../engine/verbs/keep-schedules.ts';
import type { Handlers } from './handler-map.ts';

type ScheduleHandlers = Pick<Handlers, Extract<keyof Handlers, `schedule.${string}`>>;

export function scheduleHandlers(coordinator: Coordinator): ScheduleHandlers {
  const { schedules } = coordinator;
  return {
    'schedule.list': () => coordinator.call(({ store }) => ({ schedules: scheduleViews(store) })),
    'schedule.save': (params) => coordinator.call((desk) => saveSchedule(desk, params, coordinator.nowMs())),
    'schedule.remove': async ({ scheduleId }) => {
      await coordinator.call((desk) => removeSchedule(desk, scheduleId));
      return {};
    },
    'schedule.pause': ({ scheduleId }) =>
      coordinator.call((desk) => pauseSchedule(desk, scheduleId, true, coordinator.nowMs())),
    'schedule.resume': ({ scheduleId }) =>
      coordinator.call((desk) => pauseSchedule(desk, scheduleId, false, coordinator.nowMs())),
    'schedule.run': ({ scheduleId }) =>
      coordinator.call((desk) => ({ runId: schedules.run(scheduleOf(desk, scheduleId)) })),
    'schedule.skipNext': ({ scheduleId, skip }) => coordinator.call((desk) => skipNextRun(desk, scheduleId, skip)),
    'schedule.runs': ({ scheduleId, limit }) =>
      coordinator.call((desk) => ({ runs: desk.store.runs(scheduleOf(desk, scheduleId).id, limit) })),
    'schedule.preview': ({ count, ...timing }) => ({ runsAtMs: previewRuns(timing, count, coordinator.nowMs()) }),
  };
}
