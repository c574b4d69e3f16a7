import type { GuardedHttp } from './GuardedHttp.ts';

export const memberRoles = ['owner', 'admin', 'marketer', 'viewer'] as const;
type MemberRole = (typeof memberRoles)[number];

/** Who of the team is meant: everybody with one of these roles, and these members. */
export interface TeamRecipients {
  roles: readonly MemberRole[];
  /** Ids of members. */
  members: readonly string[];
}

/** What the application does for its own actions, for one run. Each is done once for the key of its step. */
export interface ChouHost {
  readonly http: GuardedHttp;
  /**
   * Makes a call that cannot be made twice; `send` throws an IntegrationError that says whether it did something. Throws one
   * itself when an earlier call of the same step broke off.
   */
  callOnce<Reply>(send: () => Promise<Reply>): Promise<Reply>;
  notifyTeam(mail: { to: TeamRecipients; subject: string; text: string }): Promise<{ recipients: number }>;
  updateContact(change: ContactChange): Promise<{ changed: boolean }>;
  /** Starts another flow for the run's customer. */
  startFlow(request: { flowId: string }): Promise<{ started: boolean; reason: string | null }>;
  /** Opens a secret that was sealed for the host of this address when the flow was saved. Throws an IntegrationError if it was not. */
  openSecret(sealed: string, url: string): string;
}

/** What is known of a contact from now on; what is absent stays. */
interface ContactChange {
  name?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
  optOut: boolean;
}
