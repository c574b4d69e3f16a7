import type {
  MirroredAppointment,
  MirroredBooking,
  MirroredCanceledLog,
  MirroredCustomer,
  MirroredEstimate,
  MirroredJob,
  MirroredLead,
} from './mirroredRecords.ts';

/**
 * What journeys are derived from. The set must be closed over the links that the derivation follows, in both
 * directions: customer.mergedToId; job.customerId, .projectId and .createdFromEstimateId; appointment.jobId;
 * canceledLog.jobId; estimate.jobId, .projectId and .customerId; lead.customerId and .bookingId; booking.jobId.
 * A record may come in several versions; where two are equally new, the later in the array is the one read later.
 */
export interface RecordSet {
  customers: readonly MirroredCustomer[];
  leads: readonly MirroredLead[];
  bookings: readonly MirroredBooking[];
  jobs: readonly MirroredJob[];
  appointments: readonly MirroredAppointment[];
  canceledLogs: readonly MirroredCanceledLog[];
  estimates: readonly MirroredEstimate[];
}

/** The newest version of each record: the later `modifiedOn`; equal, the one read later. */
export function newestVersions<R extends { id: number; modifiedOn: string }>(
  versions: readonly R[],
): Map<number, R> {
  const newest = new Map<number, R>();
  for (const version of versions) {
    const known = newest.get(version.id);
    if (!known || version.modifiedOn >= known.modifiedOn) newest.set(version.id, version);
  }
  return newest;
}

/** The newest version of each canceled log. They carry no `modifiedOn`; one that was withdrawn stays so. */
export function newestCanceledLogs(
  versions: readonly MirroredCanceledLog[],
): Map<number, MirroredCanceledLog> {
  const newest = new Map<number, MirroredCanceledLog>();
  for (const version of versions) {
    const known = newest.get(version.id);
    if (!known || known.active || !version.active) newest.set(version.id, version);
  }
  return newest;
}
