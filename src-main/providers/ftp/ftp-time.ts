/**
 * Owns the times of FTP: YYYYMMDDhhmmss in UTC (RFC 3659 §2.3). Pure. Called in this folder only.
 */

/** Milliseconds since 1970, whole seconds: not every reply of one server has the fraction. null: it is no time. */
export function parseFtpTime(text: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.\d+)?$/.exec(text.trim());
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

export function formatFtpTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replaceAll(/\D/g, '');
}
