import { describe, expect, it, onTestFinished } from 'vitest';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import { startSandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import type { SwitchChanges } from '#integrations/crm/servicetitan/sandbox/switches/Switches.ts';

/** What ServiceTitan's documents leave open must make no difference to what the product concludes. */
async function connect(switches: SwitchChanges, credentials: { tenantId?: number } = {}) {
  const sandbox = await startSandbox({
    port: 0,
    seed: 1,
    customers: 60,
    requestsPerSecond: 10_000,
    freeze: true,
    switches,
  });
  onTestFinished(() => sandbox.close());
  const [tenant] = sandbox.tenants();
  if (!tenant) throw new Error('The sandbox has no tenant.');
  const { id: tenantId, clientId, clientSecret, appKey, bookingProviderId } = tenant;
  const config = resolveServiceTitanConfig(
    { environment: 'sandbox', tenantId, clientId, clientSecret, appKey, bookingProviderId, ...credentials },
    { authUrl: sandbox.url, apiUrl: sandbox.url },
  );
  const service = new ServiceTitanService({ config, clock: sandbox.clock });
  return { sandbox, service };
}

describe.each(['404', '400'])('where an unknown estimate is answered %s', (missingById) => {
  it('the call fails for good, and is not repeated', async () => {
    const { service } = await connect({ missingById });
    await expect(service.calls.getEstimate({ id: 999_999_999 })).rejects.toMatchObject({
      kind: missingById === '404' ? 'not_found' : 'invalid',
      status: Number(missingById),
    });
  });
});

describe.each(['403', '404'])('where a foreign tenant is answered %s', (otherTenant) => {
  it('the call fails with something to correct', async () => {
    const { service } = await connect({ otherTenant }, { tenantId: 1_116_148_646 });
    await expect(service.getCustomer(1001)).rejects.toMatchObject({
      kind: otherTenant === '403' ? 'forbidden' : 'not_found',
    });
  });
});

describe.each(['refuse', 'truncate', 'accept'])('where more than fifty ids are met with %s', (tooManyIds) => {
  it('all of them are read', async () => {
    const { service } = await connect({ tooManyIds });
    const ids: number[] = [];
    for await (const page of service.calls.listCustomers()) ids.push(...page.records.map(({ id }) => id));
    const found: number[] = [];
    for await (const page of service.calls.listCustomers({ ids })) {
      found.push(...page.records.map(({ id }) => id));
    }
    expect(ids.length).toBeGreaterThan(50);
    expect(found.toSorted((one, other) => one - other)).toEqual(ids.toSorted((one, other) => one - other));
  });
});

describe.each(['0,1,2', '1,2,3'])('where the statuses of estimates count %s', (estimateStatusValues) => {
  it('they are told apart by name', async () => {
    const { service } = await connect({ estimateStatusValues });
    const statuses = new Set((await service.getEstimates({})).map(({ status }) => status));
    expect(statuses).toEqual(new Set(['Open', 'Sold', 'Dismissed']));
  });
});

describe.each(['cleared', 'kept'])('where soldOn is %s after an unsale', (soldOnAfterUnsell) => {
  it('the estimate counts as open', async () => {
    const { service } = await connect({ soldOnAfterUnsell });
    const jobs = await service.getJobs({});
    const booked = new Set(jobs.map(({ createdFromEstimateId }) => createdFromEstimateId));
    const sold = (await service.getEstimates({ status: 'Sold' })).find(({ id }) => !booked.has(id));
    await service.calls.unsellEstimate({ id: sold?.id ?? 0 });
    const [estimate] = await service.getEstimates({ ids: [sold?.id ?? 0] });
    expect(estimate?.status).toBe('Open');
  });
});

describe.each(['true', 'false'])('where a merge touching its children is %s', (mergeTouchesChildren) => {
  it('the feed of customers tells who was merged into whom', async () => {
    const { sandbox, service } = await connect({ mergeTouchesChildren });
    let place: string | null = null;
    for await (const page of service.readPages('customers', { from: null })) place = page.continueFrom;
    await sandbox.story({ tenant: 'SOCAL', event: 'customers_merged' });
    const merged: { id: number; mergedToId: number | null }[] = [];
    for await (const page of service.readPages('customers', { from: place })) {
      merged.push(...page.records.filter(({ active, mergedToId }) => !active && mergedToId !== null));
    }
    expect(merged).toHaveLength(1);
    expect(await service.getJobs({ customerId: merged[0]?.id ?? 0 })).toEqual([]);
  });
});

describe.each([0, 600])('where a change shows after %i seconds', (visibilityDelaySeconds) => {
  it('the feed with recent changes shows it at once', async () => {
    const { sandbox, service } = await connect({ visibilityDelaySeconds });
    let place: string | null = null;
    for await (const page of service.readPages('leads', { from: null })) place = page.continueFrom;
    await sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
    let seen = 0;
    for await (const page of service.readPages('leads', { from: place })) seen += page.records.length;
    expect(seen).toBeGreaterThan(0);
  });
});

describe.each([900, 90])('where a token lives %i seconds', (tokenLifetimeSeconds) => {
  it('calls go on over its end', async () => {
    const { sandbox, service } = await connect({ tokenLifetimeSeconds });
    await service.getCustomer(1001);
    await sandbox.advance((tokenLifetimeSeconds + 1) * 1000);
    await expect(service.getCustomer(1001)).resolves.toMatchObject({ id: 1001 });
  });
});
