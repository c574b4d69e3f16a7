import { z } from 'zod';
import { optOut } from '../office/optOuts.ts';
import { contactNumber, type OptOutRow, optOutType } from '../rows/callRows.ts';
import { readBody, type Route } from './route.ts';

const path = 'telecom/v3/tenant/:tenant/optinouts/optouts';
const scope = 'tlc.optinouts';

const contactNumbers = z.array(contactNumber);
const optOutBody = z.object({ optOutType, contactNumbers });
const searchBody = z.object({ contactNumbers });

/** These replies are no pages: all there is, as `data` alone. */
function show(rows: readonly OptOutRow[]) {
  return { data: rows.map((row) => ({ contactNumber: row.contactNumber, optOutType: row.optOutType })) };
}

export const optOutRoutes: readonly Route[] = [
  {
    method: 'GET',
    path,
    scope,
    handle: ({ desk }) => show(desk.records.opt_outs.where((row) => row.active)),
  },
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const body = readBody(call, optOutBody);
      optOut(call.desk, body);
      return { data: body.contactNumbers.map((number) => ({ contactNumber: number, status: 'Ok' })) };
    },
  },
  {
    method: 'POST',
    path: `${path}/getlist`,
    scope,
    handle: (call) => {
      const wanted = new Set(readBody(call, searchBody).contactNumbers);
      return show(call.desk.records.opt_outs.where((row) => row.active && wanted.has(row.contactNumber)));
    },
  },
];
