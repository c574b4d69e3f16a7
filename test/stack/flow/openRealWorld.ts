import postgres from 'postgres';
import { createDatabase } from '#backend/repositories/database.ts';
import { startRealPostgres, type RealPostgres } from '#test/helpers/realPostgres.ts';
import { FlowWorld } from './FlowWorld.ts';

/** The world of flows on a real PostgreSQL server, where workers truly work at the same time. */
export async function openRealWorld(): Promise<{ world: FlowWorld; server: RealPostgres }> {
  const server = await startRealPostgres();
  const client = postgres(server.databaseUrl, { max: 10, onnotice: () => undefined });
  const world = await FlowWorld.open({
    database: createDatabase({ url: server.supabaseUrl, key: server.secretKey }),
    sql: async <Row>(text: string, ...parameters: (string | number | Date | null)[]) => [
      ...(await client.unsafe<Row[]>(text, parameters)),
    ],
    close: async () => {
      await client.end();
      await server.close();
    },
  });
  return { world, server };
}
