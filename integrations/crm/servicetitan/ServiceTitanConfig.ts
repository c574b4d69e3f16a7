import { z } from 'zod';
import { IntegrationError } from '../../errors.ts';
import { idField, optionalIdField, optionalTextField, textField } from '../../fields.ts';

const serviceTitanEnvironments = ['production', 'integration', 'sandbox'] as const;
type ServiceTitanEnvironment = (typeof serviceTitanEnvironments)[number];

export interface ServiceTitanUrls {
  authUrl: string;
  apiUrl: string;
}

/** The vendor's own hosts. The sandbox runs wherever the caller says. */
export const vendorUrls = {
  production: { authUrl: 'https://auth.servicetitan.io', apiUrl: 'https://api.servicetitan.io' },
  integration: {
    authUrl: 'https://auth-integration.servicetitan.io',
    apiUrl: 'https://api-integration.servicetitan.io',
  },
} as const satisfies Record<Exclude<ServiceTitanEnvironment, 'sandbox'>, ServiceTitanUrls>;

/** What an administrator enters to connect a tenant. */
export const serviceTitanCredentials = z.object({
  environment: z.enum(serviceTitanEnvironments).default('production').meta({
    title: 'Environment',
    description: 'Client id and secret belong to one environment; the application key is the same in all.',
  }),
  tenantId: idField({ title: 'Tenant ID', description: 'The number of the tenant, for example 410387862.' }),
  clientId: textField({ title: 'Client ID', description: 'Begins with cid.' }),
  clientSecret: textField({
    title: 'Client secret',
    description: 'Begins with cs1. ServiceTitan shows it once.',
  }).meta({
    writeOnly: true,
  }),
  appKey: textField({ title: 'Application key', description: 'Begins with ak1.' }).meta({ writeOnly: true }),
  bookingProviderId: optionalIdField({
    title: 'Booking provider ID',
    description: 'The booking provider tag bound to the app. Needed to create bookings only.',
  }),
  applicationGuid: optionalTextField({
    title: 'Application GUID',
    description: 'Lets created customers carry a reference, so that a lost answer never creates one twice.',
  }),
});

type ServiceTitanCredentials = z.output<typeof serviceTitanCredentials>;

/** Everything that the client of one tenant needs. */
export interface ServiceTitanConfig extends ServiceTitanCredentials, ServiceTitanUrls {}

/** Checks credentials and finds the addresses of their environment; `sandbox` says where that one listens. */
export function resolveServiceTitanConfig(
  credentials: unknown,
  sandbox?: ServiceTitanUrls,
): ServiceTitanConfig {
  const parsed = serviceTitanCredentials.safeParse(credentials);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new IntegrationError('invalid', `Complete the ServiceTitan credentials: ${problems.join('; ')}.`);
  }
  const { environment } = parsed.data;
  const urls = environment === 'sandbox' ? sandbox : vendorUrls[environment];
  if (!urls) {
    throw new IntegrationError(
      'invalid',
      'No sandbox is configured here. Choose production or integration, or set SERVICETITAN_AUTH_URL and SERVICETITAN_API_URL.',
    );
  }
  return { ...parsed.data, authUrl: withoutSlash(urls.authUrl), apiUrl: withoutSlash(urls.apiUrl) };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
