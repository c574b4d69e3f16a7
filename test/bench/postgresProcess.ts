import { z } from 'zod';
import { startRealPostgres, type RealPostgres } from '#test/helpers/realPostgres.ts';
import { answerQuestions } from './BenchProcess.ts';

/** Counts every statement, those inside functions too; it costs a little. */
const counting = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
  'pg_stat_statements.track_planning': 'on',
} as const;
const options = z.object({ countStatements: z.boolean() });

let postgres: RealPostgres | undefined;

if (import.meta.main) {
  answerQuestions({
    open: async (input) => {
      postgres = await startRealPostgres(options.parse(input).countStatements ? { settings: counting } : {});
      const { databaseUrl, supabaseUrl, publishableKey, secretKey } = postgres;
      return { databaseUrl, supabaseUrl, publishableKey, secretKey };
    },
    close: async () => {
      await postgres?.close();
    },
  });
}
