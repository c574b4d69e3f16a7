import { createEstimate, dismissEstimate, sellEstimate, unsellEstimate } from '../office/estimates.ts';
import { invoiceSale } from '../office/invoices.ts';
import { createPayment } from '../office/payments.ts';
import type { InvoiceRow } from '../rows/invoiceRows.ts';
import { paymentTypeRow } from '../rows/paymentRows.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import { finishInstall, finishVisit, type Scene } from './acts.ts';
import { isOpen, type Opportunity } from './opportunity.ts';
import type { StoryEvent } from './StoryEvent.ts';
import { createEstimateAfterVisit, opportunityOf, refuseLooseInstall, schedule, sell } from './steps.ts';

const soldBy = { from: 601, to: 604 };

function withStatus({ estimates }: Opportunity, name: string): EstimateRow[] {
  return estimates.filter((row) => row.status?.name === name);
}

/** The sold work is done during the visit: its items stand on the visit's own invoice, and no other job follows. */
function doWorkAtOnce(scene: Scene): void {
  const { desk } = scene;
  const open = withStatus(opportunityOf(scene), 'Open').at(-1) ?? createEstimateAfterVisit(scene);
  const sold = sellEstimate(desk, open, scene.random.int(soldBy.from, soldBy.to));
  const visit = desk.records.jobs.get(sold.jobId);
  if (!visit) return;
  invoiceSale(desk, visit, sold);
  finishVisit(scene, visit, sold.subtotal);
}

function sellChangeOrder(scene: Scene): void {
  const { desk, random } = scene;
  const install = opportunityOf(scene).installs.find(isOpen);
  const unitPrice = random.int(3, 12) * 100;
  const estimate = createEstimate(desk, {
    jobId: install?.id ?? null,
    name: 'Change order',
    summary: 'More ductwork than planned',
    isChangeOrder: true,
    items: [{ skuId: 5, skuName: 'Ductwork', description: 'Additional ductwork', unitPrice }],
  });
  sellEstimate(desk, estimate, random.int(soldBy.from, soldBy.to));
}

/** The invoice of finished work that the customer still owes. */
function openInvoiceOf({ desk, customer }: Scene): InvoiceRow | undefined {
  return desk.records.jobs
    .ownedBy(customer.id)
    .filter((job) => job.jobStatus === 'Completed')
    .map((job) => desk.records.invoices.get(job.invoiceId))
    .findLast((invoice) => Number(invoice?.balance ?? 0) > 0);
}

function payInvoice(scene: Scene): void {
  const { desk } = scene;
  const invoice = openInvoiceOf(scene);
  if (!invoice) return;
  const { payment_types: types } = desk.records;
  const dates = { createdOn: desk.now, modifiedOn: desk.now };
  const type =
    types.where((row) => row.active)[0] ??
    types.put(paymentTypeRow.parse({ id: types.nextId(), name: 'Check', ...dates }));
  createPayment(desk, { typeId: type.id, splits: [{ invoiceId: invoice.id }] });
}

/** What happens to estimates besides being created and sold, and to the money. */
export const saleEvents = {
  estimate_dismissed: {
    prefers: ['estimated'],
    refusal: (_scene, opportunity) =>
      withStatus(opportunity, 'Open').length > 0 ? null : 'has no open estimate that could be dismissed',
    prepare: createEstimateAfterVisit,
    play: (scene) => {
      for (const estimate of withStatus(opportunityOf(scene), 'Open')) dismissEstimate(scene.desk, estimate);
    },
  },
  estimate_unsold: {
    prefers: ['sold'],
    refusal: (_scene, { stage }) =>
      stage === 'sold' ? null : 'has no sold estimate that nothing was booked from',
    prepare: sell,
    play: (scene) => {
      for (const estimate of withStatus(opportunityOf(scene), 'Sold')) unsellEstimate(scene.desk, estimate);
    },
  },
  work_done_at_once: {
    prefers: ['estimated'],
    refusal: (scene, { stage, estimates }) => {
      if (stage !== 'sold' && stage !== 'scheduled') return refuseLooseInstall(scene);
      return `has bought already: estimate ${estimates.find((row) => row.status?.name === 'Sold')?.id}`;
    },
    prepare: createEstimateAfterVisit,
    play: doWorkAtOnce,
  },
  change_order_sold: {
    prefers: ['scheduled'],
    refusal: (_scene, { stage }) => (stage === 'scheduled' ? null : 'has no scheduled install to change'),
    prepare: schedule,
    play: sellChangeOrder,
  },
  payment_received: {
    prefers: ['complete'],
    refusal: (scene) => (openInvoiceOf(scene) ? null : 'owes nothing for finished work'),
    prepare: (scene) => finishInstall(scene, schedule(scene)),
    play: payInvoice,
  },
} as const satisfies Record<string, StoryEvent>;
