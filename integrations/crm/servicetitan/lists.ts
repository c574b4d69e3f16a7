import type { z } from 'zod';
import { IntegrationError } from '../../errors.ts';
import type { CallInput, CallSettings } from './operations/address.ts';
import type { ListOperation } from './operations/operation.ts';
import { readList, type ListOptions } from './operations/readList.ts';
import type { ServiceTitanTransport } from './ServiceTitanTransport.ts';

/** What reading needs: the way to ServiceTitan, and what the connection settles. */
export interface Reader {
  transport: ServiceTitanTransport;
  settings: CallSettings;
}

export interface RowsCall<Row> {
  operation: ListOperation;
  /** What the product reads of each row: fewer members than are declared, so that less can keep it from reading. */
  row: z.ZodType<Row>;
  input: CallInput;
  options?: ListOptions | undefined;
}

/** A whole list. Whoever decides by it must see all of it, so an unreadable record is an error here. */
export async function readRows<Row>(
  reader: Reader,
  { operation, row, input, options = {} }: RowsCall<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of readList(reader, { operation: { ...operation, row }, input, options })) {
    const [rejected] = page.rejected;
    if (rejected) {
      const { id, issues } = rejected;
      throw new IntegrationError(
        'unexpected',
        `ServiceTitan's answer to GET ${operation.path} could not be read: record ${id ?? 'without an id'}: ${issues.join('; ')}. If it stays so, report it with the time.`,
      );
    }
    rows.push(...page.records);
  }
  return rows;
}
