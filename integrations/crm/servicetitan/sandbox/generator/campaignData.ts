import { createCampaign } from '../office/campaigns.ts';
import type { Desk } from '../office/Desk.ts';
import { campaignCategoryRow } from '../rows/campaignRows.ts';

const categories = ['Online', 'Offline'] as const;

const campaigns = [
  { name: 'Website', category: 'Online', medium: 'organic' },
  { name: 'Search ads', category: 'Online', medium: 'cpc' },
  { name: 'Online booking', category: 'Online', medium: 'referral' },
  { name: 'Referral', category: 'Offline', medium: null },
  { name: 'Direct mail', category: 'Offline', medium: null },
  { name: 'Radio', category: 'Offline', medium: null },
] as const;

/** Where leads and jobs come from. */
export function writeCampaigns(desk: Desk): void {
  const { records, now } = desk;
  const ids = new Map<string, number>();
  for (const name of categories) {
    const id = records.campaign_categories.nextId();
    ids.set(name, id);
    records.campaign_categories.put(campaignCategoryRow.parse({ id, name, createdOn: now, modifiedOn: now }));
  }
  const businessUnitId = records.business_units.values().next().value?.id ?? 0;
  for (const [index, { name, category, medium }] of campaigns.entries()) {
    createCampaign(desk, {
      name,
      medium,
      businessUnitId,
      categoryId: ids.get(category) ?? 0,
      active: true,
      isDefaultCampaign: index === 0,
      dnis: `213555018${index}`,
    });
  }
}
