import { z } from 'zod';

/** What a declaration says of one of ServiceTitan's operations; the typed call follows from it (see calls.ts). */

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Declared<Path extends string> {
  readonly method: Method;
  /** Below the host, for example `crm/v2/tenant/{tenant}/customers/{id}`. */
  readonly path: Path;
  /** The scope that it needs, without its `tn.` and `:r` or `:w`. */
  readonly scope: string;
}

/** One call with one answer. */
export interface SingleOperation<
  Path extends string = string,
  Body extends z.ZodType | undefined = z.ZodType | undefined,
  Reply extends z.ZodType = z.ZodType,
  Query extends z.ZodObject | undefined = z.ZodObject | undefined,
> extends Declared<Path> {
  readonly kind: 'single';
  readonly query: Query;
  readonly body: Body;
  readonly reply: Reply;
  /** Whether doing it twice is the same as doing it once, so that a lost answer may be met by asking again. */
  readonly repeatable: boolean;
}

/** A list that is read page by page. */
export interface ListOperation<
  Path extends string = string,
  Query extends z.ZodObject = z.ZodObject,
  Row extends z.ZodType = z.ZodType,
> extends Declared<Path> {
  readonly kind: 'list';
  readonly query: Query;
  readonly row: Row;
}

/** An export feed that is followed by its continuation tokens. */
export interface FeedOperation<
  Path extends string = string,
  Row extends z.ZodType = z.ZodType,
> extends Declared<Path> {
  readonly kind: 'feed';
  /** Deleted appointments and assignments show only if asked for; other feeds have no such parameter. */
  readonly takesActive: boolean;
  readonly row: Row;
}

export type Operation = SingleOperation | ListOperation | FeedOperation;

/** An answer in which nothing is worth reading: ServiceTitan documents none for actions such as cancel. */
export const nothing = z.unknown().transform((): undefined => undefined);

const tenant = 'tenant/{tenant}';

interface Settings {
  readonly scope: string;
}

/** The declarations of one of ServiceTitan's modules, for example `crm/v2`. */
export function apiModule<const Base extends string>(base: Base) {
  function declare<const Method_ extends Method, const Path extends string>(method: Method_, path: Path) {
    return { method, path: `${base}/${tenant}/${path}` } as const;
  }
  function write(method: Method, isRepeatable: boolean) {
    return <
      const Path extends string,
      Body extends z.ZodType | undefined = undefined,
      Reply extends z.ZodType = typeof nothing,
    >(
      path: Path,
      settings: Settings & { body?: Body; reply: Reply; repeatable?: boolean },
    ) =>
      ({
        kind: 'single',
        ...declare(method, path),
        scope: settings.scope,
        query: undefined,
        body: settings.body,
        reply: settings.reply,
        repeatable: settings.repeatable ?? isRepeatable,
      }) as const;
  }
  return {
    list: <const Path extends string, Shape extends z.ZodRawShape, Row extends z.ZodType>(
      path: Path,
      { scope, query, row }: Settings & { query: Shape; row: Row },
    ) => ({ kind: 'list', ...declare('GET', path), scope, query: z.strictObject(query), row }) as const,
    feed: <const Path extends string, Row extends z.ZodType>(
      path: Path,
      { scope, row, takesActive = false }: Settings & { row: Row; takesActive?: boolean },
    ) => ({ kind: 'feed', ...declare('GET', path), scope, row, takesActive }) as const,
    get: <
      const Path extends string,
      Reply extends z.ZodType,
      Query extends z.ZodObject | undefined = undefined,
    >(
      path: Path,
      { scope, query, reply }: Settings & { query?: Query; reply: Reply },
    ) =>
      ({
        kind: 'single',
        ...declare('GET', path),
        scope,
        query,
        body: undefined,
        reply,
        repeatable: true,
      }) as const,
    post: write('POST', false),
    put: write('PUT', false),
    patch: write('PATCH', true),
    delete: write('DELETE', false),
  };
}
