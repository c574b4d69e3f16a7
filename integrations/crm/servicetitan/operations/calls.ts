import type { z } from 'zod';
import type { FeedOperation, ListOperation, Operation, SingleOperation } from './operation.ts';
import { operations, type Operations } from './operations.ts';
import { readFeed, type FeedOptions, type FeedPage } from './readFeed.ts';
import { readList, type ListOptions, type ListPage } from './readList.ts';
import { runSingle, type CallOptions } from './runSingle.ts';
import type { CallSettings } from './address.ts';
import type { ServiceTitanTransport } from '../ServiceTitanTransport.ts';

type NamesIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** What the path needs of the caller; tenant and booking provider come from the connection. */
type PathInput<Path extends string> = {
  [Name in Exclude<NamesIn<Path>, 'tenant' | 'booking_provider'>]: Name extends 'email' ? string : number;
};
type QueryInput<Query> = [Query] extends [never]
  ? unknown
  : Query extends z.ZodObject<infer Shape>
    ? keyof Shape extends never
      ? unknown
      : z.input<Query>
    : unknown;
type BodyInput<Body> = [Body] extends [never]
  ? unknown
  : Body extends z.ZodType
    ? { body: z.input<Body> }
    : unknown;

type Arguments<Input, Options> =
  Partial<Input> extends Input ? [input?: Input, options?: Options] : [input: Input, options?: Options];

type Call<Declaration> =
  Declaration extends ListOperation<infer Path, infer Query, infer Row>
    ? (
        ...given: Arguments<PathInput<Path> & QueryInput<Query>, ListOptions>
      ) => AsyncGenerator<ListPage<z.output<Row>>, void, undefined>
    : Declaration extends FeedOperation<string, infer Row>
      ? (options: FeedOptions) => AsyncGenerator<FeedPage<z.output<Row>>, void, undefined>
      : Declaration extends SingleOperation<infer Path, infer Body, infer Reply, infer Query>
        ? (
            ...given: Arguments<
              PathInput<Path> & QueryInput<Exclude<Query, undefined>> & BodyInput<Exclude<Body, undefined>>,
              CallOptions
            >
          ) => Promise<z.output<Reply>>
        : never;

/** The typed call of every declared operation. */
export type Calls = { readonly [Name in keyof Operations]: Call<Operations[Name]> };

/** Derives the calls from the declarations: a list and a feed give their pages one at a time, all else one answer. */
export function makeCalls(transport: ServiceTitanTransport, settings: CallSettings): Calls {
  const calls: Calls = Object.create(null);
  for (const [name, operation] of Object.entries<Operation>(operations)) {
    Object.assign(calls, { [name]: callOf(name, operation) });
  }
  return calls;

  function callOf(name: string, operation: Operation) {
    switch (operation.kind) {
      case 'list':
        return (input: object = {}, options: ListOptions = {}) =>
          readList({ transport, settings }, { operation, input: { ...input }, options });
      case 'feed':
        return (options: FeedOptions) => readFeed({ transport, settings }, { operation, options });
      case 'single':
        return async (input: object = {}, options: CallOptions = {}) =>
          await runSingle({ transport, settings, calls }, { name, operation, input: { ...input }, options });
    }
  }
}
