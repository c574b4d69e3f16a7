import type { PGlite } from '@supabase/lite/pglite';

const setting = /^\s*select set_config\('([\w.]+)', (?:(\$1)|''), true\)\s*$/i;

/**
 * Supabase Lite sets a dozen settings of each request's transaction in a statement of their own, which costs several times
 * what the request itself does. This gathers them into one, sent before the next statement that is something else.
 */
export function gatherSettings(driver: PGlite): void {
  const send = driver.query.bind(driver);
  let pending: { name: string; value: unknown }[] = [];
  const flush = async () => {
    if (pending.length === 0) return;
    const settings = pending;
    pending = [];
    const calls = settings.map(
      (_, index) => `pg_catalog.set_config($${2 * index + 1}, $${2 * index + 2}, true)`,
    );
    await send(
      `select ${calls.join(', ')}`,
      settings.flatMap(({ name, value }) => [name, value]),
    );
  };
  driver.query = async (text, parameters, options) => {
    const [, name, parameter] = setting.exec(text) ?? [];
    if (name !== undefined) {
      pending.push({ name, value: parameter === undefined ? '' : parameters?.[0] });
      return { rows: [], fields: [] };
    }
    await flush();
    return send(text, parameters, options);
  };
}
