import { type CampaignRow, campaignRow } from '../rows/campaignRows.ts';
import type { Desk } from './Desk.ts';

export interface NewCampaign {
  readonly name: string;
  readonly businessUnitId: number;
  readonly categoryId: number;
  readonly active: boolean;
  readonly dnis?: string | null | undefined;
  readonly isDefaultCampaign?: boolean | null | undefined;
  readonly source?: string | null | undefined;
  readonly medium?: string | null | undefined;
  readonly otherSource?: string | null | undefined;
  readonly otherMedium?: string | null | undefined;
}

/** A campaign names its unit and shows its category whole; the number dialled is one of its telephone numbers. */
export function describeCampaign({ records }: Desk, input: NewCampaign): Partial<CampaignRow> {
  const { businessUnitId, categoryId, dnis, ...members } = input;
  const category = records.campaign_categories.get(categoryId);
  return {
    ...Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)),
    businessUnit: records.business_units.get(businessUnitId)?.name ?? null,
    category: category ? { id: category.id, name: category.name, active: category.active } : null,
    ...(dnis && { campaignPhoneNumbers: [dnis] }),
  };
}

export function createCampaign(desk: Desk, input: NewCampaign): CampaignRow {
  const { records, now } = desk;
  const id = records.campaigns.nextId();
  return records.campaigns.put(
    campaignRow.parse({ ...describeCampaign(desk, input), id, createdOn: now, modifiedOn: now }),
  );
}
