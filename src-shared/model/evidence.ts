/**
 * Owns what a team takes away from a migration: its report and its URL map, in which formats, and what is said before
 * one is fetched. Must not write any format. Read by every room.
 */

import type { StatedAsset } from './asset.ts';
import type { JobRow, TransferResult } from './job.ts';

export const REPORT_FORMATS = ['csv', 'jsonl', 'json'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** `not-completed`: whatever has not arrived, for any reason: failed, cancelled, skipped, or still open. */
export const REPORT_CHOICES = ['all', 'failed', 'not-completed'] as const;
export type ReportChoice = (typeof REPORT_CHOICES)[number];

export const URL_MAP_FORMATS = ['csv', 'json', 'jsonl', 'nginx', 'apache', 'cloudflare', 'netlify', 'vercel'] as const;
export type UrlMapFormat = (typeof URL_MAP_FORMATS)[number];

/** The web address under which the keys that begin with `prefix` are served; what follows the prefix follows the address. */
export interface WebBase {
  readonly url: string;
  readonly prefix: string;
}

export type EvidenceOrder =
  | {
      readonly kind: 'report';
      readonly migrationId: number;
      readonly format: ReportFormat;
      readonly choice: ReportChoice;
    }
  | {
      readonly kind: 'url-map';
      readonly migrationId: number;
      readonly format: UrlMapFormat;
      /** null: the source keys are whole addresses already. */
      readonly oldBase: WebBase | null;
      readonly newBase: WebBase;
    };

/** What a file would be, before anybody writes it. */
export interface EvidencePreview {
  readonly fileName: string;
  /** How many jobs of the migration it speaks of. */
  readonly jobs: number;
  /** What the reader must know: jobs that were cleaned up, limits of the target. */
  readonly remarks: readonly string[];
  /** Its first lines. */
  readonly beginning: string;
}

/** Where a file went: to a path that a person chose, nowhere, or to a link that works once and not for long. */
export type SavedEvidence =
  | { readonly kind: 'saved'; readonly path: string }
  | { readonly kind: 'closed' }
  | { readonly kind: 'link'; readonly path: string };

/** A job with what its transfer proved. */
export interface JobEvidence {
  readonly job: JobRow;
  readonly result: TransferResult | null;
  /** What the list that named it says of it; empty when it says nothing. */
  readonly stated: StatedAsset;
}
