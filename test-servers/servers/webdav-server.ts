/** Owns how the suites reach a WebDAV server. Filled by the servers beside it. */
export interface WebdavAddress {
  /** With "/" at its end. */
  readonly address: string;
  /** A value of the option `login`. */
  readonly login: string;
  readonly user: string;
  readonly password: string;
  /** What the server shows; the suites make and look at folders there. */
  readonly folder: string;
}

export const WEBDAV_USER = { user: 'mover', password: 'pass word:1' } as const;
