/**
 * Owns how a kind of storage describes itself: options for forms, the command line and the docs; capabilities for
 * the engine and the window. Pure data. Written by src-main/providers, read by every room.
 */
import type { Failure } from './failure.ts';
import type { ProofRung } from './proof.ts';

/** One field of a provider's form. `secret` values go to the secret store and never come back. */
export interface ProviderOption {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly input: 'text' | 'secret' | 'choice' | 'toggle';
  readonly required: boolean;
  /** Of text and secrets: the value has lines of its own, like a key file or a certificate, and keeps them. */
  readonly multiline?: true;
  /** Few accounts need it: forms show it to those who ask for more. */
  readonly seldom?: true;
  /** It means something only where that option has one of these values; forms leave it out elsewhere. */
  readonly when?: { readonly option: string; readonly is: readonly string[] };
  readonly placeholder?: string;
  readonly initial?: string;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

export interface Capabilities {
  readonly canRead: boolean;
  readonly canWrite: boolean;
  readonly canList: boolean;
  readonly rangeReads: boolean;
  /** A range costs no more than its bytes; elsewhere a server may send all that lies before it too. */
  readonly certainRanges: boolean;
  /** Reading again costs next to nothing, and a change is noticed: what is read from here needs no spool. */
  readonly rereads: boolean;
  /** Large assets go up in parts, side by side. */
  readonly multipart: boolean;
  /** A write of this size and more reads each part of the body once, in any order: it needs no spool. null: none does. */
  readonly windowsFromBytes: number | null;
  /** A large write rests where it can be read again before anybody sees it, and goes on from there: it needs no spool. */
  readonly stages?: true;
  /** A write of at most this size is checked whole by the service, by a digest of ours; null: none is. */
  readonly wholeChecksumUpToBytes: number | null;
  /** A large write that was interrupted can be gone on with. */
  readonly resumesWrites: boolean;
  /** The asset keeps the time at which it was last changed. */
  readonly keepsModifiedTime: boolean;
  readonly keepsContentHeaders: boolean;
  readonly keepsMetadata: boolean;
  /** Words for how an asset is kept, those that are known; the service judges others. Absent: there is no choice. */
  readonly storageClasses?: readonly string[];
  /** What tags are spelled with, as in the brackets of a pattern. Absent: assets have no tags. */
  readonly tagCharacters?: string;
  /** Words for who may read an asset, all of them. Absent: there is no choice. */
  readonly acls?: readonly string[];
  /** The strongest rung that a write here can reach. */
  readonly bestProof: ProofRung;
  /** null: no known limit. */
  readonly maxObjectBytes: number | null;
  readonly maxKeyBytes: number | null;
}

export interface ProviderDescriptor {
  readonly kind: string;
  /** "S3-compatible": in menus. */
  readonly label: string;
  /** "S3": on the chip in a row; 5 characters at most. */
  readonly chip: string;
  readonly summary: string;
  /** Label, help and example of Location.container: "Bucket", "Folder", "Address". */
  readonly container: {
    readonly label: string;
    readonly help: string;
    readonly placeholder: string;
    /** Set where an empty container means that every key is a whole http(s) URL. */
    readonly keysAreUrlsWhenEmpty?: true;
  };
  readonly options: readonly ProviderOption[];
  readonly capabilities: Capabilities;
  /** Set when the provider needs no set-up: an account of this id is always there. */
  readonly builtInAccount: { readonly id: string; readonly name: string } | null;
  /** Hidden from people; for tests and benches. */
  readonly internal: boolean;
}

/** A configured provider. Options hold no secrets; `secretNames` says which secrets are set. */
export interface AccountView {
  readonly id: string;
  readonly provider: string;
  readonly name: string;
  readonly options: Readonly<Record<string, string>>;
  readonly secretNames: readonly string[];
  readonly builtIn: boolean;
  /** Attempts that may use it at once; null: as many as the queues allow. */
  readonly maxAttempts: number | null;
  readonly lastCheck: AccountCheck | null;
  readonly createdAtMs: number;
}

export type LocationRole = 'source' | 'destination';

/** One step of a connection test: "name", "connect", "sign", "list", "write", "read", "delete". */
export interface CheckStep {
  readonly name: string;
  readonly elapsedMs: number;
  readonly failure: Failure | null;
}

/** What a connection test found. `remarks` are facts worth knowing that are no failures. */
export interface CheckReport {
  readonly ok: boolean;
  readonly steps: readonly CheckStep[];
  readonly remarks: readonly string[];
  /** The first few keys seen, whole. Empty when the role is destination or nothing is there. */
  readonly sampleKeys: readonly string[];
  readonly failure: Failure | null;
}

export interface AccountCheck {
  readonly atMs: number;
  readonly report: CheckReport;
}
