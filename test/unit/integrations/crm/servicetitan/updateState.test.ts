import { expect, test } from 'vitest';
import { systemClock } from '#integrations/clock.ts';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import { ServiceTitanIntegration } from '#integrations/crm/servicetitan/ServiceTitanIntegration.ts';

async function run(id: string, input: object) {
  const credentials = { tenantId: 1, clientId: 'cid.x', clientSecret: 'cs1.x', appKey: 'ak1.x' };
  const service = new ServiceTitanService({
    config: resolveServiceTitanConfig(credentials),
    clock: systemClock,
  });
  return await new ServiceTitanIntegration().actions
    .find((action) => action.id === id)
    ?.run(
      {
        service,
        clock: systemClock,
        idempotencyKey: 'step-1',
        host: {
          updateState: ({ state, reason }) =>
            reason === 'The sequence ended'
              ? Promise.resolve({ from: 3, to: state })
              : Promise.reject(new Error(reason)),
        },
      },
      input,
    );
}

test('the application is asked to set the state', async () => {
  const change = { state: '2.5', reason: 'The sequence ended' };
  await expect(run('servicetitan_update_state', change)).resolves.toEqual({ from: 3, to: 2.5 });
});

test.each([{ state: 7 }, { state: '' }, {}])('%o is no state', async (change) => {
  await expect(run('servicetitan_update_state', { ...change, reason: 'Why not' })).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining('State: '),
  });
});

test.each(['get_customer', 'get_jobs', 'get_appointments', 'get_estimates'])(
  '%s without a customer says which field to fill in',
  async (action) => {
    await expect(run(`servicetitan_${action}`, { customerId: '' })).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('Fill in "Customer"'),
    });
  },
);
