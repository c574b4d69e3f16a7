import type { Desk } from '../office/Desk.ts';
import { equipmentTypeRow } from '../rows/equipmentRows.ts';
import { membershipTypeRow } from '../rows/membershipRows.ts';
import { paymentTypeRow } from '../rows/paymentRows.ts';
import { equipmentRow, materialRow, pricebookCategoryRow, serviceRow } from '../rows/pricebookRows.ts';
import { offers } from '../story/offers.ts';

const paymentTypes = ['Cash', 'Check', 'Credit Card', 'Bank Transfer', 'Financing'] as const;
const equipmentTypes = ['Heat pump', 'Furnace', 'Air conditioner', 'Water heater'] as const;

const services = [
  { code: 'TUNEUP', name: 'Maintenance tune-up', price: 129 },
  { code: 'CALL', name: 'Service call', price: 89 },
] as const;

const materials = [
  { code: 'FILTER', name: 'Air filter 16x25', price: 24, cost: 9 },
  { code: 'LINESET', name: 'Line set 25 ft', price: 310, cost: 140 },
] as const;

const equipment = [
  { code: 'HP3T', name: 'Heat pump 3 ton, outdoor unit', price: 4200, cost: 2600 },
  { code: 'WH50', name: 'Water heater 50 gallons, tank', price: 1150, cost: 690 },
] as const;

/** Who knows a type alone can sell it: the service that sells it and its first billing have the type's id. */
const memberships = [
  {
    id: 521,
    name: 'Comfort Club',
    billings: [
      { id: 521, duration: 12, billingFrequency: 'Annual', salePrice: 199 },
      { id: 523, duration: 12, billingFrequency: 'Monthly', salePrice: 18 },
    ],
  },
  {
    id: 522,
    name: 'Comfort Club Plus',
    billings: [{ id: 522, duration: 24, billingFrequency: 'Annual', salePrice: 349 }],
  },
] as const;

/** What an office sells and how it is paid: the pricebook, membership types, payment types, kinds of equipment. */
export function writeCatalogData(desk: Desk): void {
  const { records, now } = desk;
  const dates = { createdOn: now, modifiedOn: now };
  for (const name of paymentTypes) {
    records.payment_types.put(paymentTypeRow.parse({ id: records.payment_types.nextId(), name, ...dates }));
  }
  for (const name of equipmentTypes) {
    records.equipment_types.put(
      equipmentTypeRow.parse({ id: records.equipment_types.nextId(), name, ...dates }),
    );
  }
  for (const { id, name, billings } of memberships) {
    const durationBilling = billings.map((billing) =>
      Object.assign({ billingPrice: billing.salePrice, renewalPrice: billing.salePrice }, billing),
    );
    records.membership_types.put(
      membershipTypeRow.parse({ id, name, displayName: name, durationBilling, ...dates }),
    );
  }
  writePricebook(desk);
}

function writePricebook({ records, now }: Desk): void {
  const dates = { createdOn: now, modifiedOn: now };
  const [sold, stock] = [
    { name: 'Services', categoryType: 'Services' },
    { name: 'Stock', categoryType: 'Materials' },
  ].map((category) =>
    records.pricebook_categories.put(
      pricebookCategoryRow.parse({ id: records.pricebook_categories.nextId(), ...category, ...dates }),
    ),
  );
  const categories = sold ? [{ id: sold.id, name: sold.name, active: true }] : [];
  for (const { skuId, name, description } of offers) {
    const sku = { id: skuId, code: `SYS-${skuId}`, displayName: name, description };
    records.pricebook_services.put(serviceRow.parse({ ...sku, price: 8500, hours: 6, categories, ...dates }));
  }
  for (const { id, name, billings } of memberships) {
    const sku = { id, code: `CLUB-${id}`, displayName: name, description: `${name}, for a first term` };
    const price = billings[0].salePrice;
    records.pricebook_services.put(serviceRow.parse({ ...sku, price, categories, ...dates }));
  }
  for (const { code, name, price } of services) {
    const sku = { id: records.pricebook_services.nextId(), code, displayName: name, description: name };
    records.pricebook_services.put(
      serviceRow.parse({ ...sku, price, memberPrice: price * 0.9, categories, ...dates }),
    );
  }
  const stocked = { categories: stock ? [stock.id] : [], isInventory: true, ...dates };
  for (const { code, name, price, cost } of materials) {
    const sku = { id: records.pricebook_materials.nextId(), code, displayName: name, description: name };
    records.pricebook_materials.put(materialRow.parse({ ...sku, price, cost, ...stocked }));
  }
  for (const { code, name, price, cost } of equipment) {
    const sku = { id: records.pricebook_equipment.nextId(), code, displayName: name, description: name };
    records.pricebook_equipment.put(equipmentRow.parse({ ...sku, price, cost, ...stocked }));
  }
}
