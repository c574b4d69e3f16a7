const keptRequests = 1000;

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** 0 where the connection ended without an answer. */
  readonly status: number;
  readonly at: string;
}

/** The last requests, and how many there were by operation and by status. */
export class RequestLog {
  #requests: LoggedRequest[] = [];
  #total = 0;
  readonly #byOperation = new Map<string, number>();
  readonly #byStatus = new Map<string, number>();

  add(request: LoggedRequest, operation: string): void {
    this.#requests.push(request);
    if (this.#requests.length > 2 * keptRequests) this.#requests = this.#requests.slice(-keptRequests);
    this.#total += 1;
    this.#byOperation.set(operation, (this.#byOperation.get(operation) ?? 0) + 1);
    const status = String(request.status);
    this.#byStatus.set(status, (this.#byStatus.get(status) ?? 0) + 1);
  }

  requests(): readonly LoggedRequest[] {
    return this.#requests.slice(-keptRequests);
  }

  counters() {
    return {
      total: this.#total,
      byOperation: Object.fromEntries(this.#byOperation),
      byStatus: Object.fromEntries(this.#byStatus),
    };
  }

  reset(): void {
    this.#requests = [];
    this.#total = 0;
    this.#byOperation.clear();
    this.#byStatus.clear();
  }
}
