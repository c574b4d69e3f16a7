import { emailFollowup } from './emailFollowup.ts';
import { installJobDone } from './installJobDone.ts';
import { letsReschedule } from './letsReschedule.ts';
import type { LifecycleFlow } from './lifecycleFlow.ts';
import { scheduleTheInstall } from './scheduleTheInstall.ts';
import { sorryWeMissedYou } from './sorryWeMissedYou.ts';
import { unsoldEstimates } from './unsoldEstimates.ts';
import { whatToExpect } from './whatToExpect.ts';
import { whatToExpectInstall } from './whatToExpectInstall.ts';

/** The flows that every new workspace has, one for each state that a customer can enter. */
export const lifecycleFlows: readonly LifecycleFlow[] = [
  emailFollowup,
  whatToExpect,
  sorryWeMissedYou,
  unsoldEstimates,
  scheduleTheInstall,
  whatToExpectInstall,
  letsReschedule,
  installJobDone,
];
