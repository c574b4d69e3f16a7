import { expect, test } from 'vitest';
import { redact } from '#integrations/redact.ts';

test.each([
  ['secret cs1.a1B2-c3_d4 refused', 'secret cs1.[redacted] refused'],
  ['ak1.xyz', 'ak1.[redacted]'],
  ['client cid.abc.def,', 'client cid.[redacted],'],
  ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer [redacted]'],
  ['{"access_token":"opaque","x":1}', '{"access_token":"[redacted]","x":1}'],
  ['client_id=one&client_secret=two', 'client_id=[redacted]&client_secret=[redacted]'],
  ['eyJhbGciOi.eyJpc3Mi.c2lnbmF0dXJl', '[redacted token]'],
  ['write to person@example.com today', 'write to [redacted e-mail] today'],
  ['call (555) 010-0100 or 555-010-0100', 'call [redacted phone] or [redacted phone]'],
  ['call 5550100100 or "15550100100"', 'call [redacted phone] or "[redacted phone]"'],
  ["'2025550100'", "'[redacted phone]'"],
  ['GET /suppressions/some.person%40example.com/x', 'GET /suppressions/[redacted e-mail]/x'],
  ['call +15550100100', 'call [redacted phone]'],
])('%s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test('tenants, record numbers and times are kept', () => {
  const text = 'tenant 410387862, job 1116148646, 2026-11-20T10:30:00.1234567Z';
  expect(redact(text)).toBe(text);
});

test('a log line stays JSON, and its records keep their numbers', () => {
  const line = '{"jobId":2345678901,"ids":[2345678901,2345678902],"path":"jobs/2345678901"}';
  expect(redact(line)).toBe(line);
});

test.each([
  ['{"body":"{\\"access_token\\":\\"opaque\\"}"}', 'opaque'],
  ["headers: { 'ST-App-Key': 'plainkey' }", 'plainkey'],
  ['GET /customers?servicetitanapplicationkey=plainkey&page=1', 'plainkey'],
])('%s keeps no secret, also quoted within a log line', (text, secret) => {
  expect(redact(text)).not.toContain(secret);
});
