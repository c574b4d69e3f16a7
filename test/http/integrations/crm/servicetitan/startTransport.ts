import { z } from 'zod';
import type { CallPriority } from '#integrations/calls/callPriority.ts';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { ServiceTitanTransport } from '#integrations/crm/servicetitan/ServiceTitanTransport.ts';
import { apiUrl, authUrl, tenantId } from './serviceTitanDouble.ts';

const customer = z.object({ id: z.int(), name: z.string(), doNotMail: z.boolean() });

/** A transport whose time moves only when it waits or when the test moves it, with one read and one write. */
export function startTransport(options: { connectionId?: string; timeoutMs?: number } = {}) {
  const waits: number[] = [];
  const warnings: unknown[] = [];
  let elapsed = 0;
  const startedAt = Date.UTC(2026, 10, 20, 12);
  const transport = new ServiceTitanTransport({
    config: resolveServiceTitanConfig(
      {
        environment: 'sandbox',
        tenantId,
        clientId: 'cid.fictional',
        clientSecret: 'cs1.fictional',
        appKey: 'ak1.fictional',
      },
      { authUrl, apiUrl },
    ),
    clock: { now: () => new Date(startedAt + elapsed) },
    stopwatch: () => elapsed,
    random: () => 0,
    timeoutMs: 2000,
    logger: { debug: () => {}, warn: (...line) => void warnings.push(line) },
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      elapsed += milliseconds;
      return Promise.resolve();
    },
    ...options,
  });
  return {
    transport,
    waits,
    warnings,
    advance: (milliseconds: number) => {
      elapsed += milliseconds;
    },
    calls: {
      getCustomer: (id: number, more: { signal?: AbortSignal; priority?: CallPriority } = {}) =>
        transport.request({
          method: 'GET',
          path: `crm/v2/tenant/{tenant}/customers/${id}`,
          schema: customer,
          repeatable: true,
          ...more,
        }),
      createCustomer: (body: object) =>
        transport.request({
          method: 'POST',
          path: 'crm/v2/tenant/{tenant}/customers',
          body,
          schema: customer,
          repeatable: false,
        }),
    },
  };
}
