import { randomUUID } from 'node:crypto';
import type { Identity } from '#backend/services/SessionService.ts';
import type { TestStack } from './testStack.ts';

/** The bearer token of a new member with this role, of the stack's workspace or of the given one. */
export async function tokenOf(
  stack: TestStack,
  role: Identity['role'],
  workspaceId = stack.identity.workspaceId,
): Promise<string> {
  const userId = randomUUID();
  const identity = { ...stack.identity, workspaceId, userId, email: `${userId}@demo.example`, role };
  await stack.embedded.database.sql(
    `insert into public.workspace_members (workspace_id, user_id, email, role, created_at)
     values ('${workspaceId}', '${userId}', '${identity.email}', '${role}', now())`,
  );
  const token = `chou_${userId}`;
  await stack.context.sessions.registerToken(identity, role, token);
  return token;
}
