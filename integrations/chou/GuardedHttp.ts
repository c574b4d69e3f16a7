import { lookup as lookUpName } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { IntegrationError } from '../errors.ts';
import { callHttp, type HttpReply, type HttpRequest } from '../http.ts';
import { hostOf, mayCall, portOf, readTarget, type AllowedNetwork } from './addressGuard.ts';

/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

const resolveByDns: Resolve = async (host) => {
  const found = await lookUpName(host, { all: true, verbatim: true });
  return found.map(({ address }) => address);
};

export interface GuardedRequest extends Omit<HttpRequest, 'service' | 'url'> {
  url: string;
  /** Headers that only the host gets that was asked for: no redirect carries them elsewhere. */
  secretHeaders: Record<string, string>;
}

const mostRedirects = 3;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Calls addresses that people enter, without being led into networks of one's own: a name is resolved once, every one
 * of its addresses must be public, and the connection goes to these, so that a second answer of the name server
 * changes nothing. The same holds for each redirect, which only reads follow.
 */
export class GuardedHttp {
  readonly #allowed: readonly AllowedNetwork[];
  readonly #resolve: Resolve;

  constructor({
    allowed = [],
    resolve = resolveByDns,
  }: {
    allowed?: readonly AllowedNetwork[];
    resolve?: Resolve;
  }) {
    this.#allowed = allowed;
    this.#resolve = resolve;
  }

  async call(request: GuardedRequest): Promise<HttpReply> {
    const { secretHeaders, ...plain } = request;
    let target = readTarget(request.url);
    const { origin } = target;
    // Once it was led elsewhere, that server says where to go on: it must not choose what is asked with the secret.
    let isStillThere = true;
    for (let redirected = 0; ; redirected += 1) {
      const reply = await callHttp({
        ...plain,
        service: 'The other server',
        url: target.href,
        headers: { ...plain.headers, ...(isStillThere ? secretHeaders : {}) },
        lookup: await this.#pin(target),
      });
      const location = redirects.has(reply.status) ? reply.headers.get('location') : undefined;
      if (location === undefined) return reply;
      if (request.method !== 'GET') throw moved(location, target);
      if (redirected === mostRedirects) {
        throw new IntegrationError('invalid', 'The other server sends on in circles: check the address.');
      }
      target = nextTarget(location, target);
      isStillThere &&= target.origin === origin;
    }
  }

  /** A look-up that answers what was checked, whatever it is asked. */
  async #pin(target: URL): Promise<LookupFunction> {
    const host = hostOf(target);
    const port = portOf(target);
    const addresses = isIP(host) ? [host] : await this.#addressesOf(host);
    if (!addresses.every((address) => mayCall({ address, port }, this.#allowed))) {
      throw new IntegrationError(
        'forbidden',
        `${host}:${port} may not be called: it is not in the public internet, or not on a usual port (80, 443, 8080, 8443). For a network of your own, have CHOU_HTTP_ALLOW name it.`,
      );
    }
    const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
    return (_host, options, callback) => {
      const [first] = pinned;
      if (options.all || !first) callback(null, pinned);
      else callback(null, first.address, first.family);
    };
  }

  async #addressesOf(host: string): Promise<readonly string[]> {
    try {
      const addresses = await this.#resolve(host);
      if (addresses.length > 0) return addresses;
    } catch (cause) {
      throw unknownHost(host, cause);
    }
    throw unknownHost(host);
  }
}

function unknownHost(host: string, cause?: unknown): IntegrationError {
  return new IntegrationError(
    'unavailable',
    `The name ${host} cannot be resolved: check the address, otherwise try again later.`,
    { cause },
  );
}

function nextTarget(location: string, from: URL): URL {
  const next = URL.canParse(location, from) ? new URL(location, from) : null;
  if (next === null) throw new IntegrationError('invalid', 'The other server sends on to no address.');
  return readTarget(next.href);
}

function moved(location: string, from: URL): IntegrationError {
  const to = URL.canParse(location, from) ? new URL(location, from).host : 'elsewhere';
  return new IntegrationError(
    'invalid',
    `${from.host} sends on to ${to}: enter the new address, since what is sent is not sent on.`,
  );
}
