import type { PGlite } from '@supabase/lite/pglite';

const setting = /^\s*select set_config\('([\w.]+)', (?:(\$1)|''), true\)\s*$/i;

/**
 * Supabase Lite sets a dozen settings of each request's transaction in a statement of their own, which costs several times
 * what the request itself does. This keeps them back, and sends them as one before the next statement that is something else.
 */
export class SettingsGatherer {
  readonly #send: (text: string, parameters: (string | null)[]) => Promise<unknown>;
  #pending: (string | null)[] = [];

  constructor(send: (text: string, parameters: (string | null)[]) => Promise<unknown>) {
    this.#send = send;
  }

  /** Whether a statement was only a setting, and is kept back. */
  take(text: string, parameters: readonly unknown[] = []): boolean {
    const [, name, parameter] = setting.exec(text) ?? [];
    if (name === undefined) return false;
    const [value] = parameter === undefined ? [''] : parameters;
    this.#pending.push(name, typeof value === 'string' ? value : null);
    return true;
  }

  /** Sends what was kept back. */
  async flush(): Promise<void> {
    const values = this.#pending;
    if (values.length === 0) return;
    this.#pending = [];
    const calls = values.flatMap((_, index) =>
      index % 2 === 0 ? [`pg_catalog.set_config($${index + 1}, $${index + 2}, true)`] : [],
    );
    await this.#send(`select ${calls.join(', ')}`, values);
  }
}

/** Has the embedded database gather the settings of each request. */
export function gatherSettings(driver: PGlite): void {
  const send = driver.query.bind(driver);
  const gatherer = new SettingsGatherer(send);
  driver.query = async (text, parameters, options) => {
    if (gatherer.take(text, parameters)) return { rows: [], fields: [] };
    await gatherer.flush();
    return send(text, parameters, options);
  };
}
