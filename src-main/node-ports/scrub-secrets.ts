/**
 * Owns what may never stand in a log, as patterns: credentials by shape, wherever in a line they turn up. The second
 * wall only: whoever logs leaves secrets out. Must not know the log's format beyond "one line of JSON".
 * Called by json-log.ts.
 */

const MASK = '***';

/** Each replaces what follows its first group. All are linear: no nested or overlapping repetition. */
const PATTERNS: readonly RegExp[] = [
  // A JSON field whose name says that it is a secret.
  /("[\w-]*(?:password|passphrase|secret|secretaccesskey|sessiontoken|authorization|cookie|privatekey|api-?key)":")(?:[^"\\]|\\.)*/gi,
  // HTTP authorization in running text: the header with all that follows, or a token on its own.
  /(\bauthorization:\s*)[^"\\]+/gi,
  /(\bbearer\s+)[\w+/=.~-]{12,}/gi,
  // Signed addresses, by the permits that src-shared/model/url-key.ts knows.
  /([?&](?:sig|signature|policy|x-(?:amz|goog|oss)-(?:signature|credential|security-token)|access_token|token|hdnea|hdnts|md5)=)[^&\s"\\]+/gi,
  // user:password@host
  /(\/\/[^\s/:@"\\]*:)[^\s/@"\\]+(?=@)/g,
  // PEM keys: masked to the end of the string they stand in.
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^"]*/g,
  // JSON web tokens.
  /(\beyJ)[\w-]{8,}\.[\w-]+\.[\w-]*/g,
];

/** Characters that a terminal obeys or that turn text around: C1 controls, bidirectional marks, line separators. */
const TREACHEROUS = /[\u007f-\u009f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One JSON line, safe to keep and to show. Stays valid JSON. Pure. */
export function scrubSecrets(line: string): string {
  let clean = line;
  for (const pattern of PATTERNS) clean = clean.replace(pattern, `$1${MASK}`);
  return clean.replace(TREACHEROUS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
