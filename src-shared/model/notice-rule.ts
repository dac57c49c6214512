/**
 * Owns what a notice rule is: whom to tell when a migration ends or fails too often, and by which channel. Must not
 * hold secrets: the signing secret and the mail password rest in the secret store. Read by every room.
 */

export const MAIL_SECURITIES = ['tls', 'starttls', 'none'] as const;
export type MailSecurity = (typeof MAIL_SECURITIES)[number];

/** Where a notice goes, without its secret. */
export type NoticeTarget =
  | {
      readonly channel: 'webhook';
      readonly url: string;
      /** The address may be private or this computer: somebody said so. */
      readonly allowPrivate: boolean;
    }
  | {
      readonly channel: 'email';
      readonly host: string;
      readonly port: number;
      readonly security: MailSecurity;
      readonly user: string;
      readonly from: string;
      readonly to: readonly string[];
    }
  | { readonly channel: 'desktop' };

export const NOTICE_EVENTS = ['migration-finished', 'migration-failing', 'schedule-failed'] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

export interface NoticeRule {
  readonly id: number;
  readonly name: string;
  readonly target: NoticeTarget;
  readonly events: readonly NoticeEvent[];
  /** For `migration-failing`: told once for a migration, when so many of its jobs have failed. */
  readonly failedAtLeast: number;
  readonly enabled: boolean;
  /** A secret is kept for it. */
  readonly hasSecret: boolean;
}

/** The queue that notices wait in: a slow receiver never holds a transfer. */
export const NOTICE_QUEUE = 'notices';
