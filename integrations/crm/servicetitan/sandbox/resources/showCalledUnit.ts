import type { CallRow } from '../rows/callRows.ts';
import type { BusinessUnitRow } from '../rows/settingsRows.ts';

const emptyAddress = { street: '', unit: '', city: '', state: '', zip: '', country: '' };

/** The business unit that a call was for, as version 2 shows units: whole, and without null. */
export function showCalledUnit(unit: BusinessUnitRow | undefined, { modifiedOn }: CallRow): object {
  const texts = [
    'officialName',
    'email',
    'currency',
    'phoneNumber',
    'invoiceHeader',
    'invoiceMessage',
    'authorizationParagraph',
    'acknowledgementParagraph',
    'materialSku',
    'quickbooksClass',
    'accountCode',
    'franchiseId',
    'conceptCode',
    'corporateContractNumber',
  ] as const;
  const noTenant = {
    id: 0,
    name: '',
    quickbooksClass: '',
    accountCode: '',
    franchiseId: '',
    conceptCode: '',
    modifiedOn,
  };
  const { street, unit: flat, city, state, zip, country } = { ...emptyAddress, ...unit?.address };
  return {
    id: 0,
    name: 'None',
    ...(unit && { id: unit.id, name: unit.name }),
    ...Object.fromEntries(texts.map((member) => [member, unit?.[member] ?? ''])),
    active: unit?.active ?? false,
    defaultTaxRate: unit?.defaultTaxRate ?? 0,
    address: {
      street: street ?? '',
      unit: flat ?? '',
      city: city ?? '',
      state: state ?? '',
      zip: zip ?? '',
      country: country ?? '',
    },
    tenant: noTenant,
    modifiedOn: unit?.modifiedOn ?? modifiedOn,
  };
}
