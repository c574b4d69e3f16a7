import type { ConnectionChanges, PreviewResult, WorkspaceChanges } from '#backend/schemas/stateSettings.ts';
import type { TestStack } from './testStack.ts';

const actor = 'owner@demo.example';

/** Previews a change of a connection's settings; answers what it would do, and the preview's id. */
export async function previewSettings(
  { context, identity }: TestStack,
  connectionId: string,
  request: { changes: ConnectionChanges } | { undoes: string },
): Promise<{ previewId: string; result: PreviewResult; lookedAt: number }> {
  const { workspaceId } = identity;
  await context.stateSettings.previewConnection(workspaceId, connectionId, request, actor);
  return finished(context, { workspaceId, connectionId });
}

/** The same for the limits of the workspace. */
export async function previewLimits(
  { context, identity }: TestStack,
  request: { changes: WorkspaceChanges } | { undoes: string },
): Promise<{ previewId: string; result: PreviewResult; lookedAt: number }> {
  const { workspaceId } = identity;
  await context.stateSettings.previewWorkspace(workspaceId, request, actor);
  return finished(context, { workspaceId, connectionId: null });
}

async function finished(
  context: TestStack['context'],
  scope: { workspaceId: string; connectionId: string | null },
) {
  await context.stateSettings.idle();
  const { preview } = await context.stateSettings.preview(scope);
  if (!preview?.result) throw new Error(`The preview is ${preview?.status}: ${preview?.error}`);
  return { previewId: preview.id, result: preview.result, lookedAt: preview.lookedAt };
}

/** Changes the settings of a connection as an administrator does: preview, then apply. Journeys are queued. */
export async function changeSettings(
  stack: TestStack,
  connectionId: string,
  changes: ConnectionChanges,
  options: { startFlows?: boolean } = {},
): Promise<PreviewResult> {
  const { previewId, result } = await previewSettings(stack, connectionId, { changes });
  const scope = { workspaceId: stack.identity.workspaceId, connectionId };
  const request = { previewId, startFlows: options.startFlows ?? false, note: '' };
  await stack.context.stateSettings.apply(scope, request, actor);
  return result;
}
