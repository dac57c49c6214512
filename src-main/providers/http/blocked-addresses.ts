/**
 * Owns which network addresses a web address may lead to. Pure. Called by guarded-lookup.ts and http-client.ts.
 * Ranges: IANA special-purpose address registries (RFC 6890 and its updates), and the metadata services of clouds.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** private: this computer or a private network, open to accounts that allow it; closed: never. */
export type AddressClass = 'public' | 'private' | 'closed';

const CLOSED_V4 = [
  '0.0.0.0/8',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.192/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const PRIVATE_V4 = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
];
const CLOSED_V6 = ['::/128', 'fe80::/10', 'fd00:ec2::/32', 'fd20:ce::/32', 'ff00::/8'];
const PRIVATE_V6 = ['::1/128', 'fc00::/7', 'fec0::/10', '100::/64', '2001:db8::/32', '64:ff9b:1::/48'];

const closed = blockList(CLOSED_V4, CLOSED_V6);
const privates = blockList(PRIVATE_V4, PRIVATE_V6);

/** Names under which clouds offer credentials to whoever asks from inside. */
const METADATA_HOSTS: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);

export function isMetadataHost(host: string): boolean {
  return METADATA_HOSTS.has(host.toLowerCase().replace(/\.$/, ''));
}

/** `address` is an IPv4 or IPv6 address; a zone ("%eth0") counts as link-local. */
export function classOfAddress(address: string): AddressClass {
  if (address.includes('%')) return 'closed';
  if (isIPv4(address)) return classIn(address, 'ipv4');
  if (!isIPv6(address)) return 'closed';
  const own = classIn(address, 'ipv6');
  const inner = own === 'public' ? embeddedV4(address) : null;
  return inner === null ? own : classIn(inner, 'ipv4');
}

function classIn(address: string, family: 'ipv4' | 'ipv6'): AddressClass {
  if (closed.check(address, family)) return 'closed';
  return privates.check(address, family) ? 'private' : 'public';
}

/** Addresses that carry an IPv4 address which the network then talks to. null: this is none of them. */
function embeddedV4(address: string): string | null {
  const groups = groupsOf(address);
  const isZero = (from: number, to: number) => groups.slice(from, to).every((group) => group === 0);
  // ::a.b.c.d and ::ffff:a.b.c.d (RFC 4291), ::ffff:0:a.b.c.d (RFC 2765), 64:ff9b::a.b.c.d (RFC 6052)
  const isMapped = isZero(0, 5) && (groups[5] === 0 || groups[5] === 0xffff);
  const isTranslated = isZero(0, 4) && groups[4] === 0xffff && groups[5] === 0;
  const isNat64 = groups[0] === 0x64 && groups[1] === 0xff9b && isZero(2, 6);
  if (isMapped || isTranslated || isNat64) return v4Of(groups[6], groups[7]);
  // 2002:a.b.c.d::/48 (6to4, RFC 3056); Teredo hides the client's address behind 2001:0::/32 with all bits flipped.
  if (groups[0] === 0x2002) return v4Of(groups[1], groups[2]);
  if (groups[0] === 0x2001 && groups[1] === 0) return v4Of((groups[6] ?? 0) ^ 0xffff, (groups[7] ?? 0) ^ 0xffff);
  return null;
}

/** The eight groups. URL writes every form, dotted ends included, as hexadecimal groups with at most one "::". */
function groupsOf(address: string): readonly number[] {
  const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = '', right] = canonical.split('::');
  const parse = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const head = parse(left);
  const tail = right === undefined ? [] : parse(right);
  return [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function v4Of(high = 0, low = 0): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}

function blockList(v4: readonly string[], v6: readonly string[]): BlockList {
  const list = new BlockList();
  const add = (range: string, family: 'ipv4' | 'ipv6') => {
    const [network = '', bits = ''] = range.split('/');
    list.addSubnet(network, Number(bits), family);
  };
  for (const range of v4) add(range, 'ipv4');
  for (const range of v6) add(range, 'ipv6');
  return list;
}
