import { appendTo } from './compare.ts';
import type { EstimateFacts } from './estimateFacts.ts';
import type { Facts } from './facts.ts';
import { overAt, type JobFacts } from './jobFacts.ts';
import type { JourneyRecords } from './journeyRecords.ts';
import { keyOf } from './roots.ts';
import { later } from './timestamps.ts';

type Founding = Pick<JourneyRecords, 'root' | 'customerId' | 'locationId' | 'foundedOn' | 'rootJob'>;

/** The journeys while records are being placed: who founded one and who has joined so far. */
export class JourneyBook {
  readonly #facts: Facts;
  readonly #journeys = new Map<string, JourneyRecords>();
  readonly #atLocation = new Map<string, JourneyRecords[]>();
  readonly #homeOfJob = new Map<number, JourneyRecords>();
  readonly #homeOfEstimate = new Map<number, JourneyRecords>();
  /** Counting estimates on install jobs that are not placed yet. */
  readonly #waiting = new Map<number, EstimateFacts[]>();
  /** From when on an estimate is a new opportunity: the first completion of an install of the journey. */
  readonly #closedAt = new Map<JourneyRecords, string>();

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  get journeys(): JourneyRecords[] {
    return [...this.#journeys.values()];
  }

  homeOfJob(jobId: number): JourneyRecords | undefined {
    return this.#homeOfJob.get(jobId);
  }

  homeOfEstimate(estimateId: number): JourneyRecords | undefined {
    return this.#homeOfEstimate.get(estimateId);
  }

  journeysAt(customerId: number | null, locationId: number | null): readonly JourneyRecords[] {
    if (customerId === null || locationId === null) return [];
    return this.#atLocation.get(`${customerId}|${locationId}`) ?? [];
  }

  /** The journey of a root, founded by the first who asks. */
  found(founding: Founding): JourneyRecords {
    const key = keyOf(founding.root);
    const known = this.#journeys.get(key);
    if (known) return known;
    const journey = {
      ...founding,
      installJobs: [],
      estimates: new Set<EstimateFacts>(),
      leads: [],
      bookings: [],
    };
    this.#journeys.set(key, journey);
    const { customerId, locationId, rootJob } = founding;
    if (rootJob) this.#homeOfJob.set(rootJob.id, journey);
    if (customerId !== null && locationId !== null) {
      appendTo(this.#atLocation, `${customerId}|${locationId}`, journey);
    }
    return journey;
  }

  foundByJob(job: JobFacts): JourneyRecords {
    return this.found({
      root: { type: 'job', id: job.id },
      customerId: job.customerId,
      locationId: job.record.locationId,
      foundedOn: job.createdOn,
      rootJob: job,
    });
  }

  /** Places an install job; what hung on it joins, and what came after its completion leaves. */
  joinInstall(job: JobFacts, journey: JourneyRecords): void {
    this.#homeOfJob.set(job.id, journey);
    journey.installJobs.push(job);
    this.#close(job, journey);
    for (const estimate of this.#waiting.get(job.id) ?? []) this.joinEstimate(estimate);
    this.#waiting.delete(job.id);
  }

  /** Places a counting estimate, or lets it wait for the install job that it hangs on. */
  joinEstimate(estimate: EstimateFacts): void {
    const { jobId } = estimate.record;
    if (jobId !== null && this.#facts.jobs.get(jobId)?.kind === 'install' && !this.#homeOfJob.has(jobId)) {
      appendTo(this.#waiting, jobId, estimate);
      return;
    }
    this.#enter(estimate, this.settle(estimate));
  }

  /** The home of an estimate, counting or not, by the row of the table for counting ones. */
  settle(estimate: EstimateFacts): JourneyRecords {
    const journey = this.#homeByLinks(estimate);
    return journey && !this.#isNewOpportunity(estimate, journey) ? journey : this.#foundByEstimate(estimate);
  }

  #enter(estimate: EstimateFacts, journey: JourneyRecords): void {
    journey.estimates.add(estimate);
    this.#homeOfEstimate.set(estimate.id, journey);
  }

  #homeByLinks(estimate: EstimateFacts): JourneyRecords | null {
    const { jobId, projectId } = estimate.record;
    if (jobId !== null) {
      return this.#homeOfJob.get(jobId) ?? this.#foundAtJobOf(estimate, jobId);
    }
    const salesJob = projectId === null ? undefined : this.#facts.salesJobOfProject.get(projectId);
    return salesJob ? this.foundByJob(salesJob) : null;
  }

  #foundAtJobOf(estimate: EstimateFacts, jobId: number): JourneyRecords {
    const job = this.#facts.jobs.get(jobId);
    if (job) return this.foundByJob(job);
    return this.found({ ...foundingBy(estimate), root: { type: 'job', id: jobId } });
  }

  #foundByEstimate(estimate: EstimateFacts): JourneyRecords {
    return this.found({ ...foundingBy(estimate), root: { type: 'estimate', id: estimate.id } });
  }

  #isNewOpportunity(estimate: EstimateFacts, journey: JourneyRecords): boolean {
    const closedAt = this.#closedAt.get(journey);
    return closedAt !== undefined && estimate.createdOn > closedAt;
  }

  #close(install: JobFacts, journey: JourneyRecords): void {
    const completedAt = install.isCompleted ? overAt(install) : null;
    if (completedAt === null) return;
    // An estimate must be younger than the install itself as well.
    const closedAt = later(install.createdOn, completedAt);
    const known = this.#closedAt.get(journey);
    if (known !== undefined && known <= closedAt) return;
    this.#closedAt.set(journey, closedAt);
    for (const estimate of journey.estimates) {
      const isRoot = journey.root.type === 'estimate' && journey.root.id === estimate.id;
      if (isRoot || !this.#isNewOpportunity(estimate, journey)) continue;
      journey.estimates.delete(estimate);
      this.#enter(estimate, this.#foundByEstimate(estimate));
    }
  }
}

/** Of a root whose job is not in play, the first estimate tells what the job would have told. */
function foundingBy(estimate: EstimateFacts): Omit<Founding, 'root'> {
  return {
    customerId: estimate.customerId,
    locationId: estimate.record.locationId,
    foundedOn: estimate.createdOn,
    rootJob: null,
  };
}
