import { BlockList, isIP } from 'node:net';
import { IntegrationError } from '../errors.ts';

/** Ranges that never lie in the public internet, by the registries of special addresses. */
const specialV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Public by its number, but a cloud's own service to its machines.
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
/** Of what is public in IPv6 (2000::/3): tunnels, which carry any IPv4 address, and addresses for documents. */
const specialV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const special = new BlockList();
for (const [net, prefix] of specialV4) special.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of specialV6) special.addSubnet(net, prefix, 'ipv6');
const publicV6 = new BlockList();
publicV6.addSubnet('2000::', 3, 'ipv6');

/** Whether an address lies in the public internet. Whatever maps or translates another address does not. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !special.check(address, 'ipv4');
  if (family === 6) return publicV6.check(address, 'ipv6') && !special.check(address, 'ipv6');
  return false;
}

/** Networks of one's own that may be called although they are not public, on one port or on any. */
export interface AllowedNetwork {
  networks: BlockList;
  port: number | null;
}

const standardPorts: ReadonlySet<number> = new Set([80, 443, 8080, 8443]);

/** Whether an address may be called on a port. */
export function mayCall(
  { address, port }: { address: string; port: number },
  allowed: readonly AllowedNetwork[],
): boolean {
  if (standardPorts.has(port) && isPublicAddress(address)) return true;
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  return allowed.some(
    (entry) => (entry.port === null || entry.port === port) && entry.networks.check(address, family),
  );
}

/** `127.0.0.1`, `10.1.0.0/16`, `127.0.0.1:8099`, `[fd00::]/8`, `[::1]:8099`. Throws a RangeError for anything else. */
export function readAllowedNetwork(text: string): AllowedNetwork {
  const parts = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?:\/(\d{1,3}))?(?::(\d{1,5}))?$/i.exec(text.trim());
  const [, v6, v4, prefix, port] = parts ?? [];
  const address = v6 ?? v4 ?? '';
  const family = isIP(address);
  const bits = family === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix);
  if (family === 0 || length > bits || (port !== undefined && Number(port) > 65_535)) {
    throw new RangeError(`"${text.trim()}" is no address or network.`);
  }
  const networks = new BlockList();
  networks.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4');
  return { networks, port: port === undefined ? null : Number(port) };
}

/** The address to call, if its scheme and form are such as may be called at all. */
export function readTarget(text: string): URL {
  if (!URL.canParse(text)) {
    throw new IntegrationError(
      'invalid',
      'The address cannot be read: enter it whole, with https:// before it.',
    );
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new IntegrationError('invalid', 'Only http:// and https:// addresses can be called.');
  }
  if (url.username !== '' || url.password !== '') {
    throw new IntegrationError(
      'invalid',
      'The address holds a name or password: put it into a secret header instead.',
    );
  }
  return url;
}

export function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** The host without the brackets of an IPv6 address. */
export function hostOf({ hostname }: URL): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}
