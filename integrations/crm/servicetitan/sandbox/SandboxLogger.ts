/** The part of a logger that the sandbox uses; pino's fits. */
export interface SandboxLogger {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export const silentLogger: SandboxLogger = { info: () => {}, warn: () => {}, error: () => {} };
