import type { TenantRecords } from '../TenantRecords.ts';

interface Sku {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly type: 'Service' | 'Material' | 'Equipment';
  readonly price: number;
  readonly cost: number;
  readonly hours: number;
  readonly modifiedOn: string;
}

/** What the pricebook says of something that is sold, whichever part of it has it. */
export function findSku(records: TenantRecords, id: number | null | undefined): Sku | undefined {
  const parts = [
    ['Service', records.pricebook_services],
    ['Equipment', records.pricebook_equipment],
    ['Material', records.pricebook_materials],
  ] as const;
  for (const [type, part] of parts) {
    const row = part.get(id);
    if (!row) continue;
    const { code, displayName, description, price, cost, hours, modifiedOn } = row;
    const name = displayName ?? code;
    return { type, name, displayName: name, description, price, cost, hours, modifiedOn };
  }
  return undefined;
}
