import type { EmbeddedConfig } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { EmbeddedStack } from './EmbeddedStack.ts';

export type OpenEmbedded = typeof openEmbedded;

/** Loaded only where it is used: production needs neither the embedded database nor the sandbox. */
export async function openEmbedded(config: EmbeddedConfig, logger: Logger): Promise<EmbeddedStack> {
  const { openEmbeddedStack } = await import('./EmbeddedStack.ts');
  return openEmbeddedStack(config, logger);
}
