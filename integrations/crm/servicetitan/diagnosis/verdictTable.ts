import type { Verdict } from '../../../ConnectionDiagnosis.ts';
import type { ServiceTitanConfig } from '../ServiceTitanConfig.ts';

interface Circumstances {
  config: ServiceTitanConfig;
  /** Scopes that are missing, by the vendor's names. */
  missing: readonly string[];
  clockSkewMs: number | null;
  retryAt: string | null;
}

type Sentence = (circumstances: Circumstances) => string;

const tenant: Sentence = ({ config }) => `tenant ${config.tenantId}`;
const approvalPage = 'Settings > Integrations > API Application Access';
const approve: Sentence = (known) =>
  `In ServiceTitan, have an administrator of ${tenant(known)} open ${approvalPage}`;
const other: Sentence = ({ config }) => (config.environment === 'production' ? 'integration' : 'production');

/** One sentence for what is the matter, and one for what to do where. */
export const verdictTable = {
  working: {
    headline: (known) =>
      `ServiceTitan accepts the connection to ${tenant(known)}, and no missing permission was found.`,
    remedy: () => 'Nothing needs to be done.',
  },
  limited: {
    headline: (known) => `The connection to ${tenant(known)} works, but parts of it are switched off.`,
    remedy: (known) =>
      `Add ${known.missing.join(', ')} to the app in ServiceTitan's developer portal and have an administrator of ${tenant(known)} accept its newest version in ${approvalPage}, if the parts named below are wanted.`,
  },
  clock_skew: {
    headline: (known) =>
      `The connection to ${tenant(known)} works, but this server's clock and ServiceTitan's differ by ${inWords(known.clockSkewMs ?? 0)}.`,
    remedy: () => "Set this server's clock by a time server (NTP); ServiceTitan's is taken to be right.",
  },
  missing_scope: {
    headline: (known) =>
      `The app may not read what the connection to ${tenant(known)} cannot do without: ${known.missing.join(', ')}.`,
    remedy: (known) =>
      `Add ${known.missing.join(', ')} to the app in ServiceTitan's developer portal, then have an administrator of ${tenant(known)} accept its newest version in ${approvalPage}.`,
  },
  no_access: {
    headline: (known) => `ServiceTitan lets the app read nothing of ${tenant(known)}.`,
    remedy: (known) =>
      `Check the tenant ID in the connection form; if it is right, have an administrator of ${tenant(known)} approve the app's newest version in ServiceTitan's ${approvalPage}.`,
  },
  wrong_client: {
    headline: (known) => `ServiceTitan does not know this client ID and client secret for ${tenant(known)}.`,
    remedy: (known) =>
      `Copy both anew from ServiceTitan's ${approvalPage} of ${tenant(known)} (the secret is shown only once, so generate another if it is lost) and enter them in the connection form.`,
  },
  malformed_credentials: {
    headline: (known) =>
      `ServiceTitan refuses the client of ${tenant(known)}, and a field holds something that does not belong there.`,
    remedy: () => 'Correct the field named below in the connection form.',
  },
  wrong_environment: {
    headline: (known) =>
      `The client of ${tenant(known)} belongs to the ${other(known)} environment, not to ${known.config.environment}.`,
    remedy: (known) =>
      `Choose ${other(known)} as the environment in the connection form, or enter the client ID and secret of ${known.config.environment}.`,
  },
  app_not_approved: {
    headline: (known) => `The app is not approved in ${tenant(known)}.`,
    remedy: (known) => `${approve(known)} and connect the app.`,
  },
  wrong_app_key: {
    headline: (known) => `ServiceTitan refuses the application key for ${tenant(known)}.`,
    remedy: () =>
      "Copy the application key of the app that the client ID belongs to from ServiceTitan's developer portal and enter it in the connection form.",
  },
  wrong_tenant: {
    headline: (known) => `The client does not belong to ${tenant(known)}.`,
    remedy: (known) =>
      `Correct the tenant ID in the connection form, or enter the client ID and secret that ServiceTitan shows for ${tenant(known)} in ${approvalPage}.`,
  },
  token_refused: {
    headline: (known) => `ServiceTitan issued a token for ${tenant(known)} and then refused it.`,
    remedy: () =>
      'Check the application key and the environment in the connection form; if both are right, report the request ids below to the support of ServiceTitan.',
  },
  throttled: {
    headline: (known) => `ServiceTitan is being asked too often for ${tenant(known)}.`,
    remedy: ({ retryAt }) =>
      retryAt === null ? 'Wait a minute and check again.' : `Check again after ${retryAt}.`,
  },
  unreachable: {
    headline: (known) => `ServiceTitan cannot be reached from this server for ${tenant(known)}.`,
    remedy: ({ config }) =>
      `Let this server open HTTPS connections to ${hostsOf(config)}: check name resolution, firewall and proxy.`,
  },
  intercepted: {
    headline: (known) => `Something other than ServiceTitan answers the calls for ${tenant(known)}.`,
    remedy: ({ config }) =>
      `Check the environment in the connection form, and have any proxy or firewall between this server and ${hostsOf(config)} let the calls pass.`,
  },
  outage: {
    headline: (known) =>
      `ServiceTitan has a problem at the moment and could not answer for ${tenant(known)}.`,
    remedy: () => 'Check again in some minutes and look at status.servicetitan.com.',
  },
  unexpected: {
    headline: (known) => `ServiceTitan gave an answer for ${tenant(known)} that is not understood.`,
    remedy: () =>
      'Check the environment and the tenant ID in the connection form; if both are right, report the request ids below to the support of ServiceTitan.',
  },
} as const satisfies Record<Verdict, { headline: Sentence; remedy: Sentence }>;

function hostsOf({ authUrl, apiUrl }: ServiceTitanConfig): string {
  return [...new Set([new URL(authUrl).host, new URL(apiUrl).host])].join(' and ');
}

/** A difference of time as a person would say it. */
export function inWords(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.round(seconds / 86_400)} days`;
}
