import { z } from 'zod';
import { classifiedKind } from '../schemas/stateSettings.ts';

const kindsById = z.record(z.string().regex(/^\d+$/), classifiedKind).default({});
const days = z.int().min(1).max(36_500);

/** What an administrator decides about journeys: the classification of a connection and the limits of its workspace. */
export const journeySettings = z.object({
  jobTypes: kindsById,
  businessUnits: kindsById,
  tags: kindsById,
  /** Reasons of canceled logs that say that a job never was one: a duplicate, a test, a mistake. */
  clericalReasonIds: z.array(z.int().positive()).default([]),
  /** From this total on, an estimate on a job of kind other is an opportunity and not a small repair. */
  otherEstimateMinimum: z.number().nonnegative().default(1000),
  completedResetDays: days.default(90),
  staleResetDays: days.default(180),
});

export type JourneySettings = z.infer<typeof journeySettings>;
