import type { OutputRef } from '../editor/flowDocument.ts';
import type { PaletteItem } from '../paletteItems.ts';

/** What the list can do with a step. */
export interface ListActs {
  addAfter: (after: OutputRef, item: PaletteItem) => void;
  insertBefore: (nodeId: string, item: PaletteItem) => void;
  move: (nodeId: string, to: 'up' | 'down' | OutputRef) => void;
  /** null: the way leads nowhere. */
  connect: (from: OutputRef, target: string | null) => void;
  duplicate: (nodeId: string) => void;
  switchOff: (nodeId: string, disabled: boolean) => void;
  remove: (nodeId: string) => void;
}
