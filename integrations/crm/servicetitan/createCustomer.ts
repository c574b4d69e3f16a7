import { z } from 'zod';
import { IntegrationError } from '../../errors.ts';
import { summarize } from './failures.ts';
import { readRows, type Reader } from './lists.ts';
import { operations } from './operations/operations.ts';
import type { CallOptions } from './operations/runSingle.ts';
import { customerRecord, type CustomerRecord } from './schemas/records.ts';
import { newCustomer, type NewCustomer } from './schemas/requests.ts';

const referenceKey = 'chou';
const markedCustomer = customerRecord.extend({
  externalData: z.array(z.object({ key: z.string(), value: z.string() })),
});

/**
 * Creates a customer once. With an application GUID the customer carries our reference, which is looked up first, so
 * that the same call can be made again after a lost answer. Without one ServiceTitan offers nothing to recognize
 * a customer by (names and numbers are shared within households): a lost answer is then final, an error with
 * `outcomeUnknown`, for a person to look into.
 */
export async function createCustomer(
  reader: Reader,
  call: {
    input: NewCustomer;
    reference?: string | undefined;
    applicationGuid?: string | undefined;
    options: CallOptions;
  },
): Promise<CustomerRecord> {
  const { reference, applicationGuid, options } = call;
  const parsed = newCustomer.safeParse(call.input);
  if (!parsed.success) {
    throw new IntegrationError('invalid', `Complete the customer: ${summarize(parsed.error).join('; ')}.`);
  }
  const marks =
    applicationGuid === undefined || reference === undefined ? undefined : { applicationGuid, reference };
  const known = marks && (await findCustomer(reader, { ...marks, options }));
  if (known) return known;
  const { locations, ...customer } = parsed.data;
  const { name, address, contacts } = customer;
  const { method, path } = operations.createCustomer;
  return await reader.transport.request({
    method,
    path,
    body: {
      ...customer,
      locations: locations ?? [{ name, address, contacts }],
      externalData: marks && {
        applicationGuid: marks.applicationGuid,
        externalData: [{ key: referenceKey, value: marks.reference }],
      },
    },
    schema: customerRecord,
    repeatable: false,
    ...options,
  });
}

async function findCustomer(
  reader: Reader,
  {
    applicationGuid,
    reference,
    options,
  }: { applicationGuid: string; reference: string; options: CallOptions },
): Promise<CustomerRecord | undefined> {
  const found = await readRows(reader, {
    operation: operations.listCustomers,
    row: markedCustomer,
    input: {
      externalDataApplicationGuid: applicationGuid,
      externalDataKey: referenceKey,
      externalDataValues: [reference],
    },
    options,
  });
  // An ignored filter would answer with other customers.
  return found.find(({ externalData }) =>
    externalData.some(({ key, value }) => key === referenceKey && value === reference),
  );
}
