import { z } from 'zod';

/** A node of a plan as it was carried out. */
export interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string | undefined;
  'Index Name'?: string | undefined;
  'Actual Rows'?: number | undefined;
  'Actual Loops'?: number | undefined;
  'Rows Removed by Filter'?: number | undefined;
  'Rows Removed by Index Recheck'?: number | undefined;
  Plans?: PlanNode[] | undefined;
}

const node: z.ZodType<PlanNode> = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Actual Rows': z.number().optional(),
  'Actual Loops': z.number().optional(),
  'Rows Removed by Filter': z.number().optional(),
  'Rows Removed by Index Recheck': z.number().optional(),
  get Plans() {
    return z.array(node).optional();
  },
});
const explained = z.object({ 'Query Text': z.string(), Plan: node });

export interface LoggedPlan {
  statement: string;
  plan: PlanNode;
}

/** A long message may be torn by another server process's: both are lost then, which is seldom. */
const mostTorn = 20;
/** Begins every message of the log, and stands nowhere else. */
const mark = '<<log>>';

/** The plans of every statement that a server carries out, those inside functions too, as its log tells them. */
export class PlanLog {
  /** What the server has to be started with; it logs plans once auto_explain.log_min_duration is 0. */
  readonly settings = {
    session_preload_libraries: 'auto_explain',
    log_line_prefix: mark,
    'auto_explain.log_format': 'json',
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_buffers': 'off',
  } as const;
  #pieces: string[] = [];

  readonly note = (text: string): void => {
    this.#pieces.push(text);
  };

  /** What was logged since the last time. */
  take(): LoggedPlan[] {
    const messages = this.#pieces.join('').split(mark);
    // The last one may not be complete.
    this.#pieces = messages.splice(-1).map((rest) => `${mark}${rest}`);
    const plans = messages.filter((message) => /^LOG: +duration: .* plan:\s*\{/.test(message));
    const read = plans.flatMap((message) => readPlan(message));
    if (plans.length - read.length > mostTorn)
      throw new Error(`${plans.length - read.length} of ${plans.length} plans cannot be read.`);
    return read;
  }
}

function readPlan(message: string): LoggedPlan[] {
  try {
    const json = message.slice(message.indexOf('{'));
    const { 'Query Text': statement, Plan: plan } = explained.parse(JSON.parse(json));
    return [{ statement, plan }];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** Every node below and including this one. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}
