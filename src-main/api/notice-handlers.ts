/**
 * Owns the commands about notices: the rules, with their secrets put where secrets rest. Must not give a secret back.
 * Part of handlers.ts.
 */
import { fail } from '../../src-shared/model/failure.ts';
import { NOTICE_QUEUE, type NoticeRule } from '../../src-shared/model/notice-rule.ts';
import type { Coordinator } from '../engine/coordinator.ts';
import { noticeSecretName } from '../engine/dispatch-attempts.ts';
import type { Ports } from '../ports.ts';
import type { Handlers } from './handler-map.ts';

type NoticeHandlers = Pick<Handlers, Extract<keyof Handlers, `notice.${string}`>>;

/** Throws FailureError for an address that a webhook may not have. */
export type AcceptWebhook = (target: { readonly url: string; readonly allowPrivate: boolean }) => void;

export function noticeHandlers(coordinator: Coordinator, ports: Ports, acceptWebhook: AcceptWebhook): NoticeHandlers {
  const { notices } = coordinator;

  function ruleOf(ruleId: number, field: string): NoticeRule {
    const rule = coordinator.store.noticeRules().find(({ id }) => id === ruleId);
    return rule ?? fail('not-found', `There is no notice ${ruleId}.`, { field });
  }

  /** After a rule was turned off or removed. */
  async function recall(ruleId: number): Promise<void> {
    const filter = { queue: NOTICE_QUEUE, states: ['pending', 'scheduled', 'paused'], search: `${ruleId}/` } as const;
    const jobIds = await coordinator.store.matchingIds(filter);
    await coordinator.call((desk) => notices.recall(desk, ruleId, jobIds));
  }

  return {
    'notice.list': () => coordinator.call(({ store }) => ({ rules: store.noticeRules() })),

    async 'notice.save'({ id, secret, ...rule }) {
      const { target } = rule;
      if (target.channel === 'webhook') acceptWebhook(target);
      if (target.channel === 'desktop' && ports.desktop === null) {
        fail('unsupported', 'This Transship runs without a desktop.', { field: 'target.channel' });
      }
      const before = id === undefined ? null : ruleOf(id, 'id');
      const hadSecret = before?.hasSecret ?? false;
      const hasSecret = secret === undefined ? hadSecret : secret !== '';
      const isNew = secret !== undefined && before === null;
      // A new rule sends nothing before its secret is where it belongs.
      const first = { ...rule, enabled: rule.enabled && !isNew, hasSecret: hadSecret };
      const ruleId = await coordinator.call(({ store }) => store.saveNoticeRule(before?.id ?? null, first));
      if (secret !== undefined) await ports.secrets.write(noticeSecretName(ruleId), secret === '' ? {} : { secret });
      if (isNew || hasSecret !== hadSecret) {
        await coordinator.call(({ store }) => store.saveNoticeRule(ruleId, { ...rule, hasSecret }));
      }
      if (before?.enabled === true && !rule.enabled) await recall(ruleId);
      return ruleOf(ruleId, 'id');
    },

    async 'notice.remove'({ ruleId }) {
      await coordinator.call(({ store }) => store.removeNoticeRule(ruleOf(ruleId, 'ruleId').id));
      await recall(ruleId);
      await ports.secrets.write(noticeSecretName(ruleId), {});
      return {};
    },

    'notice.test': ({ ruleId }) =>
      coordinator.call(() => ({ jobId: notices.test(ruleOf(ruleId, 'ruleId'), coordinator.nowMs()) })),
  };
}
