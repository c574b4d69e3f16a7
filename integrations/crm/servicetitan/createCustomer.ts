import { IntegrationError } from '../../errors.ts';
import { summarize } from './failures.ts';
import { listAll } from './lists.ts';
import { customerRecord, type CustomerRecord } from './schemas/records.ts';
import { newCustomer, type NewCustomer } from './schemas/requests.ts';
import type { ServiceTitanTransport } from './ServiceTitanTransport.ts';

const referenceKey = 'chou';

/**
 * Creates a customer once. With an application GUID the customer carries our reference, which is looked up first, so
 * that the same call can be made again after a lost answer. Without one ServiceTitan offers nothing to recognize
 * a customer by (names and numbers are shared within households): a lost answer is then final, an error with
 * `outcomeUnknown`, for a person to look into.
 */
export async function createCustomer(
  transport: ServiceTitanTransport,
  options: {
    input: NewCustomer;
    reference?: string | undefined;
    applicationGuid?: string | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<CustomerRecord> {
  const { reference, applicationGuid, signal } = options;
  const parsed = newCustomer.safeParse(options.input);
  if (!parsed.success) {
    throw new IntegrationError('invalid', `Complete the customer: ${summarize(parsed.error).join('; ')}.`);
  }
  const marked = applicationGuid !== undefined && reference !== undefined;
  if (marked) {
    const known = await listAll(transport, {
      module: 'crm',
      path: 'customers',
      query: {
        active: 'Any',
        externalDataApplicationGuid: applicationGuid,
        externalDataKey: referenceKey,
        externalDataValues: reference,
      },
      schema: customerRecord,
      signal,
    });
    if (known[0]) return known[0];
  }
  const { locations, ...customer } = parsed.data;
  return await transport.post({
    module: 'crm',
    path: 'customers',
    body: {
      ...customer,
      locations: locations ?? [
        { name: customer.name, address: customer.address, contacts: customer.contacts },
      ],
      externalData: marked
        ? { applicationGuid, externalData: [{ key: referenceKey, value: reference }] }
        : undefined,
    },
    schema: customerRecord,
    signal,
  });
}
