import type { Icon } from '@tabler/icons-react';
import { IconTool } from '@tabler/icons-react';
import type { IntegrationsReply } from '#backend/schemas/api.ts';
import type { NodeType } from '#backend/schemas/flow.ts';
import type { NodeValues } from './builderGraph.ts';
import { nodeKinds } from './nodeKinds.ts';

/** Something that can be added to a flow. */
export interface PaletteItem {
  key: string;
  group: string;
  title: string;
  description: string;
  icon: Icon;
  type: NodeType;
  values: NodeValues;
}

const builtIn = [
  'send_email',
  'wait',
  'wait_until',
  'condition',
  'end',
] as const satisfies readonly NodeType[];

/** Everything that can be added: the built-in steps, then each integration's actions. */
export function listPaletteItems(integrations: IntegrationsReply['integrations']): PaletteItem[] {
  const steps = builtIn.map((type): PaletteItem => {
    const { title, description, icon, initial } = nodeKinds[type];
    return { key: type, group: 'Steps', title, description, icon, type, values: { ...initial } };
  });
  const actions = integrations.flatMap(({ name, actions: offered }) =>
    offered.map(({ id, title, description }): PaletteItem => ({
      key: id,
      group: name,
      title,
      description,
      icon: IconTool,
      type: 'action',
      values: { actionId: id, input: {} },
    })),
  );
  return [...steps, ...actions];
}
