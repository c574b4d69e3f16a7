import type { Scene } from './acts.ts';
import type { Opportunity, Stage } from './opportunity.ts';

export interface StoryEvent {
  /** Whom a random choice looks for, best first. */
  readonly prefers: readonly Stage[];
  /** Why this customer cannot do it, in words for the user; null if it can. */
  readonly refusal: (scene: Scene, opportunity: Opportunity) => string | null;
  /** Makes a customer able to do it who is not, when a random choice finds nobody. */
  readonly prepare?: (scene: Scene) => void;
  readonly play: (scene: Scene) => void;
}
