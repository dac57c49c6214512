/** Proves what a notice form asks for, and that what is wrong is said at its field. */
import { expect, test } from 'vitest';
import { toNoticeForm, toRule } from './notice-form.ts';

const form = { ...toNoticeForm(null), name: 'tell me', url: 'https://example.test/hook' };

test('a webhook is asked for with its secret; an empty secret leaves it as it was', () => {
  expect(toRule({ ...form, secret: 'whsec_x' }, 3)).toMatchObject({
    ok: true,
    value: { id: 3, target: { channel: 'webhook', allowPrivate: false }, secret: 'whsec_x' },
  });
  expect(toRule(form, 3)).not.toHaveProperty('value.secret');
});

test('a mail goes to everyone named, and to nobody who is no address', () => {
  const mail = { ...form, channel: 'email' as const, host: 'mail.test', from: 'a@b.test', to: 'c@d.test, e@f.test' };
  expect(toRule(mail, null)).toMatchObject({
    ok: true,
    value: { target: { port: 465, to: ['c@d.test', 'e@f.test'] } },
  });
  expect(toRule({ ...mail, to: 'c@d.test, nobody' }, null)).toMatchObject({ complaints: { 'target.to.1': {} } });
  expect(toRule({ ...mail, port: 'x' }, null)).toMatchObject({ complaints: { 'target.port': {} } });
});

test('nothing to tell, or no name, is said at its field', () => {
  expect(toRule({ ...form, name: '', events: [] }, null)).toMatchObject({ complaints: { name: {}, events: {} } });
});
