import type { GalleryFlow } from './galleryFlow.ts';
import { largeEstimate } from './largeEstimate.ts';
import { lifecycleGallery } from './lifecycleGallery.ts';
import { maintenanceReminder } from './maintenanceReminder.ts';
import { membershipRenewal } from './membershipRenewal.ts';
import { noShowRescue } from './noShowRescue.ts';
import { reviewRequest } from './reviewRequest.ts';
import { speedToLead } from './speedToLead.ts';
import { winBack } from './winBack.ts';

/** Everything that a workspace can install. */
export const galleryFlows: readonly GalleryFlow[] = [
  ...lifecycleGallery,
  reviewRequest,
  maintenanceReminder,
  membershipRenewal,
  largeEstimate,
  noShowRescue,
  speedToLead,
  winBack,
];

export function findGalleryFlow(key: string): GalleryFlow | undefined {
  return galleryFlows.find((flow) => flow.key === key);
}
