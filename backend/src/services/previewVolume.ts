import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { VolumeReply } from '../schemas/api.ts';
import { historyStartOf, stateResources } from './readOrder.ts';

/** What a backfill reads, derives and applies in a second, roughly: it is said as a guess. */
const recordsPerSecond = 1500;

/** How much there is to read of a tenant from a date on. */
export async function previewVolume(service: ServiceTitanService, from: string | null): Promise<VolumeReply> {
  const resources: VolumeReply['resources'] = [];
  for (const resource of stateResources) {
    try {
      resources.push({
        resource,
        records: await service.countRecords(resource, historyStartOf(resource, from)),
      });
    } catch (error) {
      if (!(error instanceof IntegrationError) || error.kind !== 'forbidden') throw error;
      resources.push({ resource, records: null });
    }
  }
  const records = resources.reduce((sum, each) => sum + (each.records ?? 0), 0);
  return { resources, records, seconds: Math.ceil(records / recordsPerSecond) };
}
