/**
 * Owns the form of a notice rule as data, and how a rule is said. Pure. Called by the notices screen and its dialog.
 */
import { commands } from '../../../src-shared/contract/commands.ts';
import type { MailSecurity, NoticeEvent, NoticeRule, NoticeTarget } from '../../../src-shared/model/notice-rule.ts';
import { checkForm, wholeNumber } from '../checked-form.ts';

export type Channel = NoticeTarget['channel'];

/** As typed. */
export interface NoticeForm {
  readonly name: string;
  readonly channel: Channel;
  readonly url: string;
  readonly allowPrivate: boolean;
  readonly host: string;
  readonly port: string;
  readonly security: MailSecurity;
  readonly user: string;
  readonly from: string;
  /** Addresses, with commas. */
  readonly to: string;
  readonly events: readonly NoticeEvent[];
  readonly failedAtLeast: string;
  readonly enabled: boolean;
  /** "": as it was. */
  readonly secret: string;
}

export const NOTICE_FIELDS = [
  'name',
  'target.channel',
  'target.url',
  'target.host',
  'target.port',
  'target.user',
  'target.from',
  'target.to',
  'events',
  'failedAtLeast',
  'secret',
];

const WORDS = {
  name: 'Give the notice a name.',
  'target.port': 'A whole number from 1 to 65,535.',
  'target.to.*': 'That is no e-mail address.',
  failedAtLeast: 'A whole number, at least 1.',
} as const;

export const EVENT_WORDS: Readonly<Record<NoticeEvent, string>> = {
  'migration-finished': 'A migration has ended',
  'migration-failing': 'Many jobs of a migration fail',
  'schedule-failed': 'A scheduled run failed',
};

export function toNoticeForm(rule: NoticeRule | null): NoticeForm {
  const target = rule?.target;
  return {
    name: rule?.name ?? '',
    channel: target?.channel ?? 'webhook',
    url: target?.channel === 'webhook' ? target.url : '',
    allowPrivate: target?.channel === 'webhook' && target.allowPrivate,
    host: target?.channel === 'email' ? target.host : '',
    port: target?.channel === 'email' ? String(target.port) : '465',
    security: target?.channel === 'email' ? target.security : 'tls',
    user: target?.channel === 'email' ? target.user : '',
    from: target?.channel === 'email' ? target.from : '',
    to: target?.channel === 'email' ? target.to.join(', ') : '',
    events: rule?.events ?? ['migration-finished'],
    failedAtLeast: String(rule?.failedAtLeast ?? 1),
    enabled: rule?.enabled ?? true,
    secret: '',
  };
}

export function toRule(form: NoticeForm, id: number | null) {
  const rule = {
    ...(id === null ? {} : { id }),
    name: form.name,
    target: targetOf(form),
    events: [...form.events],
    failedAtLeast: wholeNumber(form.failedAtLeast),
    enabled: form.enabled,
    ...(form.secret === '' ? {} : { secret: form.secret }),
  };
  return checkForm(commands['notice.save'].params, rule, WORDS);
}

function targetOf(form: NoticeForm) {
  switch (form.channel) {
    case 'webhook':
      return { channel: 'webhook', url: form.url, allowPrivate: form.allowPrivate };
    case 'email':
      return {
        channel: 'email',
        host: form.host,
        port: wholeNumber(form.port),
        security: form.security,
        user: form.user,
        from: form.from,
        to: form.to
          .split(',')
          .map((address) => address.trim())
          .filter((address) => address !== ''),
      };
    case 'desktop':
      return { channel: 'desktop' };
  }
}

export function targetWords(target: NoticeTarget): string {
  switch (target.channel) {
    case 'webhook':
      return target.url;
    case 'email':
      return `${target.to.join(', ')} through ${target.host}`;
    case 'desktop':
      return 'This desktop';
  }
}
