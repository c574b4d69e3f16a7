/** What integrations need of a logger; pino's fits. Fields hold ids and numbers, never secrets or personal data. */
export interface Logger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
