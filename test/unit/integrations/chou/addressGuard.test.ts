import { expect, test } from 'vitest';
import { isPublicAddress, mayCall, readAllowedNetwork, readTarget } from '#integrations/chou/addressGuard.ts';

test.each([
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.255',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.170',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '100::1',
  '2001:db8::1',
  '2001::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  'not an address',
])('%s is not in the public internet', (address) => {
  expect(isPublicAddress(address)).toBe(false);
  expect(mayCall({ address, port: 443 }, [])).toBe(false);
});

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '172.15.255.255',
  '172.32.0.0',
  '100.128.0.1',
  '2606:4700::1111',
  '2a00::1',
])('%s is', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test('public addresses are called on usual ports only, unless allowed', () => {
  const address = '1.1.1.1';
  expect([80, 443, 8080, 8443].every((port) => mayCall({ address, port }, []))).toBe(true);
  expect([22, 25, 5432, 6379].some((port) => mayCall({ address, port }, []))).toBe(false);
  expect(mayCall({ address, port: 22 }, [readAllowedNetwork('1.1.1.1')])).toBe(true);
});

test.each([
  ['127.0.0.1', '127.0.0.1', 9999, true],
  ['127.0.0.1:8099', '127.0.0.1', 8099, true],
  ['127.0.0.1:8099', '127.0.0.1', 8098, false],
  ['10.1.0.0/16', '10.1.200.3', 3000, true],
  ['10.1.0.0/16', '10.2.0.1', 3000, false],
  ['[::1]:8099', '::1', 8099, true],
  ['[fd00::]/8', 'fd12::5', 80, true],
  ['127.0.0.1', '::ffff:127.0.0.1', 80, true],
])('%s allowed: %s on port %i may be called: %s', (text, address, port, expected) => {
  expect(mayCall({ address, port }, [readAllowedNetwork(text)])).toBe(expected);
});

test.each(['localhost', '127.0.0.1/33', '127.0.0', '::1', '127.0.0.1:99999', ''])(
  '%s is no network to allow',
  (text) => {
    expect(() => readAllowedNetwork(text)).toThrow(RangeError);
  },
);

test.each([
  ['ftp://example.com', 'http://'],
  ['file:///etc/passwd', 'http://'],
  ['example.com/path', 'cannot be read'],
  ['https://name:password@example.com/', 'secret header'],
])('%s is refused', (text, why) => {
  expect(() => readTarget(text)).toThrow(why);
  expect(() => readTarget(text)).not.toThrow(/password@/);
});

test('other ways to write an address come down to it', () => {
  for (const text of ['http://2130706433/', 'http://0x7f.1/', 'http://0177.0.0.1/', 'http://127.1/'])
    expect(readTarget(text).hostname).toBe('127.0.0.1');
});
