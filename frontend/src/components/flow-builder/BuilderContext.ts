import { createContext, useContext } from 'react';
import type { IntegrationsReply, RunReply } from '#backend/schemas/api.ts';
import type { OutputOfNode } from './builderGraph.ts';
import type { PaletteItem } from './paletteItems.ts';

type StepStatus = RunReply['steps'][number]['status'];

/** What the canvas's nodes need to know beside their own values. */
export interface Builder {
  integrations: IntegrationsReply['integrations'];
  paletteItems: PaletteItem[];
  /** How many problems each node has. */
  problems: ReadonlyMap<string, number>;
  /** How many people wait at each node. */
  waiting: Readonly<Record<string, number>>;
  /** In a run: how each node's step went. */
  steps: ReadonlyMap<string, StepStatus>;
  isFree: (output: OutputOfNode) => boolean;
  /** Absent when the canvas is only looked at. */
  addAfter?: (after: OutputOfNode, item: PaletteItem) => void;
}

export const BuilderContext = createContext<Builder | null>(null);

export function useBuilder(): Builder {
  const builder = useContext(BuilderContext);
  if (!builder) throw new Error('A node needs the canvas above it.');
  return builder;
}

/** The definition of a flow action, with the integration that offers it. */
export function findAction(integrations: IntegrationsReply['integrations'], actionId: unknown) {
  for (const integration of integrations) {
    const action = integration.actions.find(({ id }) => id === actionId);
    if (action) return { integration, action };
  }
  return undefined;
}
