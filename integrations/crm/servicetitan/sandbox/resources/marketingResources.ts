import { campaignCategoryRow, campaignRow } from '../rows/campaignRows.ts';
import { suppressionRow } from '../rows/salesRows.ts';
import { defineResource } from './defineResource.ts';
import { idIn, textContains, textIs } from './filters.ts';
import { commonSorts } from './readList.ts';

export const campaigns = defineResource({
  name: 'campaigns',
  noun: 'Campaign',
  scope: 'mar.campaigns',
  select: (records) => records.campaigns,
  schema: campaignRow.loose(),
  listPath: 'marketing/v2/tenant/:tenant/campaigns',
  hasGet: true,
  activeByDefault: 'True',
  sorts: { ...commonSorts, Name: (row) => row.name },
  filters: {
    ids: idIn((row) => row.id),
    name: textContains((row) => row.name),
    campaignPhoneNumber: (reader, name) => {
      const number = reader.text(name);
      return number === undefined ? undefined : (row) => row.campaignPhoneNumbers?.includes(number) ?? false;
    },
  },
});

export const campaignCategories = defineResource({
  name: 'campaign_categories',
  noun: 'Campaign category',
  scope: 'mar.categories',
  select: (records) => records.campaign_categories,
  schema: campaignCategoryRow.loose(),
  listPath: 'marketing/v2/tenant/:tenant/categories',
  hasGet: true,
  activeByDefault: 'shown',
  sorts: { ...commonSorts, Name: (row) => row.name },
  filters: {},
});

export const suppressions = defineResource({
  name: 'suppressions',
  noun: 'Suppression',
  scope: 'mar.suppressions',
  select: (records) => records.suppressions,
  schema: suppressionRow.loose(),
  listPath: 'marketing/v2/tenant/:tenant/suppressions',
  activeByDefault: 'True',
  sorts: { ...commonSorts, Email: (row) => row.email },
  filters: { ids: idIn((row) => row.id), email: textIs((row) => row.email) },
});
