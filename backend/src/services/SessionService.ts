import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Database } from '../repositories/database.ts';
import {
  findFirstWorkspace,
  findTokenOwner,
  insertMember,
  insertToken,
  insertWorkspace,
  listMemberships,
  type MemberRow,
  type NewWorkspace,
} from '../repositories/workspaceRepository.ts';

/** Who is asking, and as what. */
export interface Identity {
  userId: string;
  email: string;
  workspaceId: string;
  role: MemberRow['role'];
}

/** What a browser holds of a session; both are Supabase auth's own tokens. */
export interface SessionTokens {
  accessToken: string;
  refreshToken: string;
}

interface Session {
  tokens: SessionTokens;
  identity: Identity;
}

interface AuthReply {
  user: { id: string; email?: string } | null;
  session: { access_token: string; refresh_token: string } | null;
}

interface SessionDeps {
  /** Acts as the service role. */
  database: Database;
  /** A client of the public key for each call: supabase-js keeps the session of the last sign-in in its client. */
  createAuthClient: () => Database;
  clock: Clock;
  systemClock: Clock;
  ownerEmail: string;
  /** What a new installation's first workspace looks like. */
  firstWorkspace: NewWorkspace;
  /** Called once, with the new workspace's id. */
  onWorkspaceCreated: (workspaceId: string) => Promise<void>;
}

// Short enough that a removed member is out soon, long enough that a screen's requests do not each ask again.
const identityAgeMs = 30_000;
const identityLimit = 10_000;
// Supabase auth takes a used refresh token for this long, for requests that were under way already.
const renewalAgeMs = 10_000;
// On Supabase, email covers magic links and the confirmation of a new account; Supabase Lite knows only magiclink.
const linkTypes = ['email', 'magiclink'] as const;

/** Signs people in by one-time links of Supabase auth, and recognises their sessions and scripts' bearer tokens. */
export class SessionService {
  readonly #deps: SessionDeps;
  readonly #identities = new Map<string, { identity: Identity; until: number }>();
  readonly #renewals = new Map<string, { renewal: Promise<Session | null>; until: number }>();

  constructor(deps: SessionDeps) {
    this.#deps = deps;
  }

  /** Mails a one-time link. Says nothing about whether the address is known. */
  async requestLink(email: string, redirectTo: string): Promise<void> {
    const { error } = await this.#deps.createAuthClient().auth.signInWithOtp({
      email,
      // Anybody may ask; only the owner of a new installation gets an account by asking.
      options: { emailRedirectTo: redirectTo, shouldCreateUser: this.#isOwner(email) },
    });
    if (error?.status === 429)
      throw new AppError('rate_limited', 'A link was sent a moment ago. Try again in a minute.');
    // Who has no account gets no link, and no word about it either.
    if (error?.code === 'otp_disabled' || error?.code === 'signup_disabled') return;
    if (error)
      throw new AppError('unavailable', 'The sign-in link could not be sent. Try again.', { cause: error });
  }

  /** Turns the token of a one-time link into a session; a used or expired one is refused. */
  async verify(token: string): Promise<Session> {
    const session = await this.#verifyLink(token);
    if (!session) {
      throw new AppError(
        'unauthenticated',
        'This sign-in link was used already or has expired. Ask for a new one.',
      );
    }
    return session;
  }

  /** Who a session belongs to, with new tokens where the old ones had run out; null for no valid session. */
  async identify(
    tokens: SessionTokens,
  ): Promise<{ identity: Identity; renewed: SessionTokens | null } | null> {
    const known = this.#recall(tokens.accessToken);
    if (known) return { identity: known, renewed: null };
    const { data, error } = await this.#deps.createAuthClient().auth.getUser(tokens.accessToken);
    requireAnswer(error);
    if (data.user?.email) {
      const identity = await this.#membershipOf(data.user.id, data.user.email);
      this.#remember(tokens.accessToken, identity);
      return { identity, renewed: null };
    }
    const session = await this.#renewOnce(tokens.refreshToken);
    return session && { identity: session.identity, renewed: session.tokens };
  }

  /** Who a script's bearer token belongs to. */
  async identifyToken(token: string): Promise<Identity | null> {
    const hash = hashToken(token);
    const known = this.#recall(hash);
    if (known) return known;
    const member = await findTokenOwner(this.#deps.database, hash);
    if (!member) return null;
    const identity = identityOf(member);
    this.#remember(hash, identity);
    return identity;
  }

  async signOut(tokens: SessionTokens): Promise<void> {
    this.#identities.delete(tokens.accessToken);
    const client = this.#deps.createAuthClient();
    const { error } = await client.auth.setSession({
      access_token: tokens.accessToken,
      refresh_token: tokens.refreshToken,
    });
    // A session that is over already needs no signing out.
    if (!error) await client.auth.signOut({ scope: 'local' });
  }

  /** Lets scripts in as this member. The token itself is not kept. */
  async registerToken(identity: Identity, name: string, token: string): Promise<void> {
    await insertToken(
      this.#deps.database,
      { workspaceId: identity.workspaceId, userId: identity.userId, name, tokenHash: hashToken(token) },
      this.#deps.clock.now(),
    );
  }

  async #verifyLink(token: string): Promise<Session | null> {
    for (const type of linkTypes) {
      const { data, error } = await this.#deps.createAuthClient().auth.verifyOtp({ token_hash: token, type });
      requireAnswer(error);
      if (error?.code !== 'validation_failed') return this.#sessionOf(data);
    }
    return null;
  }

  /** A refresh token is good for one use: the requests that a screen sends at once share it. */
  #renewOnce(refreshToken: string): Promise<Session | null> {
    const now = this.#deps.systemClock.now().getTime();
    for (const [key, { until }] of this.#renewals) if (until <= now) this.#renewals.delete(key);
    const known = this.#renewals.get(refreshToken);
    if (known) return known.renewal;
    const renewal = this.#renew(refreshToken).catch((error: unknown) => {
      this.#renewals.delete(refreshToken);
      throw error;
    });
    this.#renewals.set(refreshToken, { renewal, until: now + renewalAgeMs });
    return renewal;
  }

  async #renew(refreshToken: string): Promise<Session | null> {
    const client = this.#deps.createAuthClient();
    const { data, error } = await client.auth.refreshSession({ refresh_token: refreshToken });
    requireAnswer(error);
    const session = await this.#sessionOf(data);
    if (session) this.#remember(session.tokens.accessToken, session.identity);
    return session;
  }

  async #sessionOf(data: AuthReply): Promise<Session | null> {
    if (!data.session || !data.user?.email) return null;
    const { access_token, refresh_token } = data.session;
    return {
      tokens: { accessToken: access_token, refreshToken: refresh_token },
      identity: await this.#membershipOf(data.user.id, data.user.email),
    };
  }

  async #membershipOf(userId: string, email: string): Promise<Identity> {
    const { database, firstWorkspace, clock, onWorkspaceCreated } = this.#deps;
    const [member] = await listMemberships(database, userId);
    if (member) return identityOf(member);
    if (!this.#isOwner(email)) {
      throw new AppError(
        'forbidden',
        'You are not a member of a workspace yet. Ask its administrator to add you.',
      );
    }
    const existing = await findFirstWorkspace(database);
    const workspace = existing ?? (await insertWorkspace(database, firstWorkspace, clock.now()));
    const owner = { workspace_id: workspace.id, user_id: userId, email, role: 'owner' } as const;
    await insertMember(database, owner, clock.now());
    await onWorkspaceCreated(workspace.id);
    return identityOf(owner);
  }

  #isOwner(email: string): boolean {
    return email.toLowerCase() === this.#deps.ownerEmail.toLowerCase();
  }

  #recall(key: string): Identity | null {
    const entry = this.#identities.get(key);
    return entry && entry.until > this.#deps.systemClock.now().getTime() ? entry.identity : null;
  }

  #remember(key: string, identity: Identity): void {
    if (this.#identities.size >= identityLimit) this.#identities.clear();
    this.#identities.set(key, { identity, until: this.#deps.systemClock.now().getTime() + identityAgeMs });
  }
}

/** Only a refusal means "not signed in"; throws when Supabase auth could not say. */
function requireAnswer(error: { status?: number | undefined } | null): void {
  if (!error) return;
  const { status = 0 } = error;
  if (status === 429) throw new AppError('rate_limited', 'Too many sign-ins at once. Try again in a minute.');
  if (status < 400 || status >= 500)
    throw new AppError('unavailable', 'Sign-in is not available at the moment. Try again.', { cause: error });
}

function identityOf(member: MemberRow): Identity {
  return { userId: member.user_id, email: member.email, workspaceId: member.workspace_id, role: member.role };
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
