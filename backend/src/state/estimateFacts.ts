import type { MirroredEstimate } from './mirroredRecords.ts';
import type { JobFacts } from './jobFacts.ts';
import type { JourneySettings } from './settings.ts';

/** An estimate with all that its home and its state are read from. */
export interface EstimateFacts {
  id: number;
  createdOn: string;
  record: MirroredEstimate;
  /** After merges; without one of its own, that of its job, else of its project's lowest job id. */
  customerId: number | null;
  counts: boolean;
  isOpen: boolean;
  isSold: boolean;
  total: number;
}

/** Reads an estimate; `job` is the one it hangs on when that is in play. */
export function readEstimate(input: {
  record: MirroredEstimate;
  customerId: number | null;
  job: JobFacts | undefined;
  settings: JourneySettings;
}): EstimateFacts {
  const { record, customerId, job, settings } = input;
  const total = toTenThousandths(record.subtotal + record.tax);
  return {
    id: record.id,
    createdOn: record.createdOn,
    record,
    customerId,
    counts: counts({ record, total, job, settings }),
    isOpen: record.status === 'Open',
    isSold: record.status === 'Sold',
    total,
  };
}

function counts(input: {
  record: MirroredEstimate;
  total: number;
  job: JobFacts | undefined;
  settings: JourneySettings;
}): boolean {
  const { record, total, job, settings } = input;
  const isForOther = job?.kind === 'other' || job?.kind === 'unclassified';
  return (
    record.active &&
    !record.isChangeOrder &&
    Boolean(record.status) &&
    total > 0 &&
    (record.reviewStatus === 'None' || record.reviewStatus === 'Approved') &&
    job?.kind !== 'void' &&
    (!isForOther || total >= settings.otherEstimateMinimum)
  );
}

/** When a sold estimate was sold as homes see it: missing, it counts as sold when it was made. */
export function soldAt(estimate: EstimateFacts): string {
  return estimate.record.soldOn ?? estimate.createdOn;
}

/** ServiceTitan's money has up to four decimals; without rounding, 999.9 + 0.1 may miss a limit of 1,000. */
function toTenThousandths(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}
