import {
  appointmentsOf,
  isLive,
  refreshJob,
  reschedule,
  rescheduleInField,
  updateAppointment,
} from '../office/appointments.ts';
import { bookJob, holdJob, removeCancellation } from '../office/jobs.ts';
import type { AppointmentRow, JobRow } from '../rows/jobRows.ts';
import { bookVisit, finishInstall, locationOf, planAppointment, type Scene } from './acts.ts';
import { hoursAfter } from './localTime.ts';
import { isOpen, type Opportunity, type Stage } from './opportunity.ts';
import { workReference } from './reference.ts';
import type { StoryEvent } from './StoryEvent.ts';
import { cancelForCustomer, openVisits, opportunityOf, schedule } from './steps.ts';

const openStages: readonly Stage[] = ['scheduled', 'booked'];

/** The job that is ahead: the install before the sales visit. */
function openJob(scene: Scene): JobRow | undefined {
  return opportunityOf(scene).installs.find(isOpen) ?? openVisits(scene)[0];
}

function liveAppointment({ desk }: Scene, job: JobRow | undefined): AppointmentRow | undefined {
  return job && appointmentsOf(desk, job.id).find(isLive);
}

function refuseWithoutAppointment(scene: Scene): string | null {
  return liveAppointment(scene, openJob(scene)) ? null : 'has no job with an appointment ahead';
}

function newTimes(scene: Scene, hours: number) {
  const { start, end } = planAppointment(scene, { days: [3, 6], hours });
  return { start, end, arrivalWindowStart: start, arrivalWindowEnd: hoursAfter(start, 2) };
}

function canceledJob({ visit, installs, stage }: Opportunity): JobRow | null {
  if (stage === 'install_canceled') return installs.findLast((job) => job.jobStatus === 'Canceled') ?? null;
  return stage === 'canceled' ? visit : null;
}

function bookRecall(scene: Scene): void {
  const { desk, customer, random } = scene;
  const done = opportunityOf(scene).installs.findLast((job) => job.jobStatus === 'Completed');
  bookJob(desk, {
    customerId: customer.id,
    locationId: done?.locationId ?? locationOf(scene).id,
    ...workReference(desk, 'install', random),
    recallForId: done?.id ?? null,
    noCharge: true,
    summary: 'Comes back to what was installed',
    appointments: [planAppointment(scene, { days: [1, 3], hours: 2 })],
  });
}

/** What happens to booked jobs besides being booked, canceled and completed. */
export const jobEvents = {
  sales_rescheduled: {
    prefers: ['booked'],
    refusal: (scene) =>
      liveAppointment(scene, openVisits(scene)[0]) ? null : 'has no booked sales visit that could be moved',
    prepare: (scene) => bookVisit(scene, { leadId: opportunityOf(scene).lead?.id ?? null }),
    play: (scene) => {
      const appointment = liveAppointment(scene, openVisits(scene)[0]);
      if (appointment) reschedule(scene.desk, appointment, newTimes(scene, 2));
    },
  },
  field_rescheduled: {
    prefers: openStages,
    refusal: refuseWithoutAppointment,
    prepare: schedule,
    play: (scene) => {
      const appointment = liveAppointment(scene, openJob(scene));
      if (appointment) rescheduleInField(scene.desk, appointment, newTimes(scene, 4));
    },
  },
  job_held: {
    prefers: openStages,
    refusal: refuseWithoutAppointment,
    prepare: schedule,
    play: (scene) => {
      const job = openJob(scene);
      if (job) holdJob(scene.desk, job, 'Waiting for parts');
    },
  },
  cancellation_removed: {
    prefers: ['canceled', 'install_canceled'],
    refusal: (_scene, opportunity) =>
      canceledJob(opportunity) ? null : 'has no canceled job to take up again',
    prepare: (scene) =>
      cancelForCustomer(scene, bookVisit(scene, { leadId: opportunityOf(scene).lead?.id ?? null })),
    play: (scene) => {
      const job = canceledJob(opportunityOf(scene));
      if (job) removeCancellation(scene.desk, job);
    },
  },
  install_started: {
    prefers: ['scheduled'],
    refusal: (scene, { stage, installs }) =>
      stage === 'scheduled' && liveAppointment(scene, installs.find(isOpen))
        ? null
        : 'has no scheduled install with an appointment ahead',
    prepare: schedule,
    play: (scene) => {
      const appointment = liveAppointment(scene, opportunityOf(scene).installs.find(isOpen));
      if (!appointment) return;
      updateAppointment(scene.desk, appointment, { status: 'Dispatched' });
      refreshJob(scene.desk, appointment.jobId);
    },
  },
  recall_booked: {
    prefers: ['complete'],
    refusal: (_scene, { stage }) => (stage === 'complete' ? null : 'has no finished install to come back to'),
    prepare: (scene) => finishInstall(scene, schedule(scene)),
    play: bookRecall,
  },
} as const satisfies Record<string, StoryEvent>;
