/** Proves codes, tokens and tickets. */
import { describe, expect, it } from 'vitest';
import { createDoorKeys } from './door-keys.ts';

function keysAt() {
  let nowMs = 0;
  return {
    keys: createDoorKeys(() => nowMs),
    pass(ms: number) {
      nowMs += ms;
    },
  };
}

describe('the keys of the door', () => {
  it('turn a code into a session once', () => {
    const { keys } = keysAt();
    const code = keys.newCode();
    const session = keys.exchangeCode(code);
    expect(session).not.toBeNull();
    expect(keys.isToken(session ?? '')).toBe(true);
    expect(keys.exchangeCode(code)).toBeNull();
  });

  it('let a code lapse after a minute and a ticket after ten seconds', () => {
    const { keys, pass } = keysAt();
    const [code, early] = [keys.newCode(), keys.newTicket()];
    pass(10_001);
    expect(keys.useTicket(early)).toBe(false);
    const late = keys.newTicket();
    expect([keys.useTicket(late), keys.useTicket(late)]).toEqual([true, false]);
    pass(50_000);
    expect(keys.exchangeCode(code)).toBeNull();
  });

  it('are 256 bits long and differ', () => {
    const { keys } = keysAt();
    const made = [keys.token, keys.newCode(), keys.newCode(), keys.newTicket()];
    for (const key of made) expect(Buffer.from(key, 'base64url')).toHaveLength(32);
    expect(new Set(made).size).toBe(made.length);
  });

  it('accept nothing that only looks like one', () => {
    const { keys } = keysAt();
    for (const given of ['', ' ', keys.token.slice(1), `${keys.token} `, keys.token.toUpperCase()]) {
      expect(keys.isToken(given)).toBe(false);
    }
  });

  it('lock out after ten wrong tries, and let in again after a minute', () => {
    const { keys, pass } = keysAt();
    for (let tries = 0; tries < 10; tries += 1) keys.noteWrongTry();
    expect(keys.isLockedOut()).toBe(true);
    pass(60_000);
    expect(keys.isLockedOut()).toBe(false);
  });
});
