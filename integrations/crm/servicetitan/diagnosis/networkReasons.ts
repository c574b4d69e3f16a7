import { z } from 'zod';
import type { IntegrationError } from '../../../errors.ts';

const coded = z.object({ code: z.string() });

/** The machine's own code for a connection that failed, such as ENOTFOUND. */
function networkCode(error: IntegrationError): string {
  return coded.safeParse(error.cause).data?.code ?? 'unknown';
}

const reasons: readonly (readonly [RegExp, (host: string) => string])[] = [
  [/^(ENOTFOUND|EAI_)/, (host) => `The name ${host} cannot be resolved: look at the DNS of this server.`],
  [
    /^ECONNREFUSED$/,
    (host) => `${host} refuses the connection: nothing listens there, or a firewall says no.`,
  ],
  [/^(ETIMEDOUT|ECONNABORTED)$/, (host) => `${host} did not answer in time: a firewall may drop the calls.`],
  [/^(EHOSTUNREACH|ENETUNREACH)$/, (host) => `This server has no route to ${host}.`],
  [
    /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_(TLS|SSL)|^EPROTO$/,
    (host) =>
      `The certificate that ${host} presents is not trusted: a proxy may open the encryption, or this server's clock or certificates are out of date.`,
  ],
  [/^(ECONNRESET|EPIPE)$/, (host) => `The connection to ${host} was cut before an answer came.`],
];

/** Why there was no answer, in one sentence. */
export function networkReason(error: IntegrationError, host: string): string {
  const code = networkCode(error);
  const reason = reasons.find(([pattern]) => pattern.test(code))?.[1];
  return reason ? `${reason(host)} (${code})` : `No complete answer came from ${host} (${code}).`;
}
