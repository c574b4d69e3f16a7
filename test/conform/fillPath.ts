import type { SandboxTenant } from '#integrations/crm/servicetitan/sandbox/tenants.ts';

/** An operation's address at a tenant, with the same value for each of its other names. */
export function fillPath(path: string, tenant: SandboxTenant, value: string | number): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'tenant') return String(tenant.id);
    return encodeURIComponent(name === 'booking_provider' ? tenant.bookingProviderId : value);
  });
}
