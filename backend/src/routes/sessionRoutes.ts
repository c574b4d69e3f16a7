import { Router, type CookieOptions, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { signInRequest, verifySignInRequest, type SessionReply } from '../schemas/api.ts';
import type { Clock } from '../clock.ts';
import { getWorkspace } from '../repositories/workspaceRepository.ts';
import type { Database } from '../repositories/database.ts';
import type { SessionService, SessionTokens } from '../services/SessionService.ts';
import { identityOf, parse, setIdentity } from './http.ts';

const cookieName = 'chou_session';
const cookieShape = z.object({ accessToken: z.string(), refreshToken: z.string() });
const thirtyDaysMs = 30 * 24 * 3600_000;

interface SessionRoutesDeps {
  sessions: SessionService;
  database: Database;
  clock: Clock;
  systemClock: Clock;
  appUrl: () => string;
  isEmbedded: boolean;
}

/** Signing in and out, open to everybody. */
export function signInRoutes(deps: SessionRoutesDeps): Router {
  const router = Router();
  router.post('/sign-in', async (request, response) => {
    const { email } = parse(signInRequest, request.body);
    await deps.sessions.requestLink(email, `${deps.appUrl()}/sign-in`);
    response.status(202).json({ sent: true });
  });
  router.post('/sign-in/verify', async (request, response) => {
    const { token } = parse(verifySignInRequest, request.body);
    const { tokens } = await deps.sessions.verify(token);
    setCookie(response, tokens, deps.appUrl());
    response.json({ signedIn: true });
  });
  router.post('/sign-out', async (request, response) => {
    const tokens = readCookie(request);
    if (tokens) await deps.sessions.signOut(tokens);
    response.clearCookie(cookieName, cookieOptions(deps.appUrl()));
    response.json({ signedOut: true });
  });
  return router;
}

/** Who is signed in, and where. */
export function sessionRoutes(deps: SessionRoutesDeps): Router {
  const router = Router();
  router.get('/session', async (request, response) => {
    const identity = identityOf(request);
    const workspace = await getWorkspace(deps.database, identity.workspaceId);
    const now = deps.clock.now();
    const reply: SessionReply = {
      user: { id: identity.userId, email: identity.email },
      workspace: { id: workspace.id, name: workspace.name, timeZone: workspace.time_zone },
      role: identity.role,
      embedded: deps.isEmbedded,
      now: now.toISOString(),
      clockMoved: Math.abs(now.getTime() - deps.systemClock.now().getTime()) > 60_000,
    };
    response.json(reply);
  });
  return router;
}

/** Lets through who has a session cookie or a bearer token. A cookie alone may not change anything across sites. */
export function requireSession(deps: Pick<SessionRoutesDeps, 'sessions' | 'appUrl'>): RequestHandler {
  return async (request, response, next) => {
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (bearer) {
      const identity = await deps.sessions.identifyToken(bearer);
      if (!identity) throw new AppError('unauthenticated', 'This token is not known or was revoked.');
      setIdentity(request, identity);
      next();
      return;
    }
    const tokens = readCookie(request);
    const session = tokens ? await deps.sessions.identify(tokens) : null;
    if (!session) throw new AppError('unauthenticated', 'Sign in first.');
    if (!['GET', 'HEAD'].includes(request.method) && request.headers['x-requested-with'] !== 'chou') {
      throw new AppError('forbidden', 'Send the header X-Requested-With: chou.');
    }
    if (session.renewed) setCookie(response, session.renewed, deps.appUrl());
    setIdentity(request, session.identity);
    next();
  };
}

function readCookie(request: Request): SessionTokens | null {
  const pair = (request.headers.cookie ?? '')
    .split('; ')
    .find((cookie) => cookie.startsWith(`${cookieName}=`));
  if (!pair) return null;
  try {
    const value = Buffer.from(decodeURIComponent(pair.slice(cookieName.length + 1)), 'base64url').toString(
      'utf8',
    );
    return cookieShape.parse(JSON.parse(value));
  } catch {
    // Somebody else's or a damaged cookie is no session.
    return null;
  }
}

function setCookie(response: Response, tokens: SessionTokens, appUrl: string): void {
  const value = Buffer.from(JSON.stringify(tokens)).toString('base64url');
  response.cookie(cookieName, value, { ...cookieOptions(appUrl), maxAge: thirtyDaysMs });
}

function cookieOptions(appUrl: string): CookieOptions {
  return { httpOnly: true, sameSite: 'lax', secure: appUrl.startsWith('https:'), path: '/' };
}
