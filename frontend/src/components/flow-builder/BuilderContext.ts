import { createContext, useContext } from 'react';
import type { FlowNote, OutputRef } from './editor/flowDocument.ts';
import type { PaletteItem } from './paletteItems.ts';

/** What can be done from a node or a connection of the canvas; the same functions as long as the builder stands. */
export interface CanvasHands {
  paletteItems: PaletteItem[];
  /** Puts a step into the way that begins at the output. */
  addAfter: (after: OutputRef, item: PaletteItem) => void;
  changeNote: (noteId: string, change: Partial<Omit<FlowNote, 'id'>>) => void;
  finishTyping: () => void;
}

/** null: the canvas is only looked at. */
export const BuilderContext = createContext<CanvasHands | null>(null);

export function useCanvasHands(): CanvasHands | null {
  return useContext(BuilderContext);
}
